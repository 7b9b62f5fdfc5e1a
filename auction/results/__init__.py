"""Results: what was sold, for how much, and what became of it."""

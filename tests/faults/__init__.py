"""Real processes killed at random instants, and what must hold afterwards (rulebook B-41, B-47, §12.2)."""

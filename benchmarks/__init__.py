"""What is measured, and how. `make bench` runs it; RESULTS.md keeps the figures."""

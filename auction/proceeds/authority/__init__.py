"""Which court divides the money (D-10)."""

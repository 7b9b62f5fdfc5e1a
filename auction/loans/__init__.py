"""A buyer who pays with a bank's loan says so; it moves no deadline (B-76)."""

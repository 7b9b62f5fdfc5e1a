"""What becomes of an asset that nobody bought in the sell-off (X-09, X-12)."""

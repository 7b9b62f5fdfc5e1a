"""Money leaves the case account: sheets with a second person, files for the bank, its answers (M-04, M-06)."""

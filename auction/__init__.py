"""The judicial auction: listing, registration, bidding, closing, settlement, results."""

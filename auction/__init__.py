"""Auction: listing, registration, bidding, closing, settlement, proceeds and results."""

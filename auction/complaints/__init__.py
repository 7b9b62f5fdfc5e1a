"""Complaints of the 12368 line about auctions: imported by the intermediate court and attributed to court and lot (K-29)."""

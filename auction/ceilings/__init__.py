"""Ceiling bids (委托出价): a sealed limit up to which the system raises for a bidder, where the panel allows it."""

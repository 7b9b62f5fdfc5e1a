"""Agents (代理人): the papers by which somebody bids for another, and the court's confirmation before bidding starts (B-13)."""

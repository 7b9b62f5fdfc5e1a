"""Sell-off without an auction (直接变卖): on which ground, at which price (A-21, A-22, X-10)."""

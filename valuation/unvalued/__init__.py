"""Prices without a valuation: the market price where none is needed (V-04), and shares that nobody can appraise (V-03)."""

"""Supervision by figures: the indicators of chapter 9, their months, weights, ranking, red flags and what follows (K-01…K-29)."""

"""Objections to a served plan, views against them, and the suit (D-23, L-32)."""

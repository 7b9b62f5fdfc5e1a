"""Revocation of a sale on objection, and the reversal of every effect it had (B-55, B-56)."""

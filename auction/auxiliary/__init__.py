"""Auxiliary work of an auction that the court gives to others: pictures, viewings, expert work, storage (B-04)."""

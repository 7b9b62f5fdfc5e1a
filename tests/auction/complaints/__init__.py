"""Complaints of the 12368 line."""

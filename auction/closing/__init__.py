"""Closing: starts and ends bidding on time, and sets the finalisation in motion."""

"""Disposal teams: assets, surveys, valuations, listings, settlements."""

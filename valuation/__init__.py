"""Valuation: how the reference price of an asset is found, contested and kept valid."""

"""Disposal teams: courts, people, cases, assets and their seals, transfers of the disposal right, supervision."""

"""Conclusion of cases."""

"""Clearing and handing over what was sold: notice to leave, forced clearing, delivery record, the buyer's receipt (B-72)."""

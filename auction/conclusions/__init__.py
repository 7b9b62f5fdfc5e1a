"""Conclude a case: what sales have left open, the proposal of the officer, the decision of the court (§11.9, T-13, P-05)."""

"""Faults of the service itself: measured, judged by published rules, answered with a pause, explained (B-47, B-50)."""

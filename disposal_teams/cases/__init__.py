"""Enforcement cases, their parties and claims."""

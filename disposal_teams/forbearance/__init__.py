"""Forbearance: a sealed asset stays in use (活封), and what a debtor in hardship must be left (善意文明执行)."""

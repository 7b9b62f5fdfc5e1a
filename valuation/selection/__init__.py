"""Choosing three appraisal firms and their order: the parties agree, or a draw that anyone can recompute (V-20)."""

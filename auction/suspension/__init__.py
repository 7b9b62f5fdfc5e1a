"""Suspension: 暂缓, 中止 and the platform's own stop; the countdown frozen, the remaining time given back (B-50, B-54).

For other rooms: `pause_lots`, `end_stays` when the ground is gone, `resume_lots` to fix when bidding goes on.
"""

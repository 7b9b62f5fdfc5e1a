"""Signals of collusion and of abnormal prices (rulebook §12.2 worker 13, P-01): found after the end, for one role only."""

"""The distribution plan: reckoned, approved, served (D-01, D-07, D-23)."""

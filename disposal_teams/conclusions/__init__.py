"""How a case ends and how it comes to life again: ways, what must not be left open, resumption (§11.9, T-13)."""

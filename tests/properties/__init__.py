"""Properties of the whole, against models that anybody can read."""

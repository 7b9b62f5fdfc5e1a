"""Directed inquiry (定向询价): ask the body that keeps a tax base price or a government price (V-02, way 2)."""

"""What creditors claim of the money, where each claim stands, and who may join (D-02, D-05, D-20, D-22)."""

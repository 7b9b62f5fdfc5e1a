"""Cash, which officers do not take but by exception: two officers, a receipt on the spot, handed in the same day (M-02)."""

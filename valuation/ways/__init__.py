"""The four ways to a reference price, in their order, and when one may be left out (V-02)."""

"""Priority purchasers (优先购买权人): their claims, the panel's decision and order, the code that follows (B-20 to B-25)."""

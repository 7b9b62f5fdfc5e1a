"""What a court that took a disposal right over tells the other court after the sale: figures, shares, reserve (T-05)."""

"""What is sold but passes only with an authority's approval, such as shares of a bank (A-25, B-75)."""

"""Evidence beside the legal price: sold lots that are alike, and an expected price with its honest error."""

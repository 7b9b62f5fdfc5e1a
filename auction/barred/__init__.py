"""Who may not bid (B-80 to B-82): declarations of staff, lists of helpers, the default list, and the hits against them."""

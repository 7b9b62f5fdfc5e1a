"""The deposit of a buyer who defaulted: held until the asset is sold again, then used in the order of the law (B-34)."""

"""Taking a failed asset in kind (以物抵债, B-74): inquiry, takers, draw, difference, ruling."""

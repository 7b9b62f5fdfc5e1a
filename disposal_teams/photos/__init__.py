"""Photos of assets: taken in without metadata, put in order, shown to the public with the notice."""

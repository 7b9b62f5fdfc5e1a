"""The practice lot (练习标的): the real bidding engine on play money, in a database schema of its own (decision 20)."""

"""Every route and every use case, walked with every role of rulebook §1 against tables of who may (P-03)."""

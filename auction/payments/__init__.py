"""Money in and out: bank lines, their matching to deposits and balances, payment orders."""

"""Finance: bank lines, refunds, balances, the ledger."""

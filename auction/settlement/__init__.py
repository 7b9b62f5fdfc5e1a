"""After the sale: confirmation, balance, ruling, service, delivery, default."""

"""What a court owes others once it has sealed: notices to mortgagees and co-owners, and no more sealed than the claim needs."""

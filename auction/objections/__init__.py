"""What an objection does to a sale: it stands still, goes on, ends, or is revoked (B-60, B-61, §11.8)."""

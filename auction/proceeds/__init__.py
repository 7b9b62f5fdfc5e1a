"""From the money of a sale on the case account to everybody who gets a part of it (rulebook chapters 6 and 8)."""

"""More time for the balance: asked for once by the buyer, granted by the bureau's director (§11.5)."""

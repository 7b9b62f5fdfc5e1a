"""Whether statement and ledger agree: compared every five minutes, with every difference and open line named (§11.4, M-11)."""

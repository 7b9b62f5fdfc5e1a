"""The debtor sells by itself, under the court's control of the money (A-26, A-27, A-28)."""

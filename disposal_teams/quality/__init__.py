"""The debtor hands in the papers on the quality of an asset (B-05)."""

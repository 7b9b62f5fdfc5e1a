"""Whether a sale is worth while and how much has to be sold: no surplus, excess, batches and whole sales (A-23, A-24, A-25)."""

"""What platforms and firms are paid for their work, who advances it and who bears it (V-14, V-25)."""

"""The shared kernel: what every court, team and auction needs and none of them owns."""

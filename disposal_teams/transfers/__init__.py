"""Transfer of the disposal right (处置权移交) between courts."""

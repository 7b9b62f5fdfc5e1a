"""The public portal: catalogue, lots, results, courts."""

"""What `disposal import` can read, one module each with `register(subparsers)`, found by name."""

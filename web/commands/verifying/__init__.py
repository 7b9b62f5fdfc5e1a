"""What `disposal verify` can prove, one module each with `register(subparsers)`, found by name."""

"""The sandbox: a city of its own on a clock of its own, in which days pass in minutes and nothing is missed (B-47)."""

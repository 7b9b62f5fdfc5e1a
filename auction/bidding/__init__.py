"""Bidding: the rules as one pure fold, the sequencer that applies it under the lot's lock, the public log."""

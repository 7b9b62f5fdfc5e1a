"""The demo city: the eleven courts with invented people and lots at every stage, so that a first look shows a working day."""

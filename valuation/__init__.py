"""The reference price (财产处置参考价): how it is found, fixed, served and reused."""

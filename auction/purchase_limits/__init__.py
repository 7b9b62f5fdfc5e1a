"""Limits on who may buy homes (B-17): the policy table of the cities, the promise at registration, and later proofs."""

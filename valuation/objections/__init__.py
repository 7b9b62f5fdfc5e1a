"""Objections to the reports behind a price (V-31, V-32): against the procedure, before the objection panel; against the result,
answered by the firm and, where it stays contested, reviewed by the association."""

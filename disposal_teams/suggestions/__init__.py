"""Judicial suggestions (司法建议): a problem found while an asset is disposed of, told to whom can mend it (§10 no. 35)."""

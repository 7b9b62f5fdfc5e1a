"""Orders of the court above in a case of a court below: in time, jointly, elsewhere or by itself (T-20…T-23, documents 33)."""

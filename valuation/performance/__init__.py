"""How each appraisal firm and each inquiry platform has worked so far: counted from what was done, never entered by anybody."""

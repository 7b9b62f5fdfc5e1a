"""The appraisal firms of the list (名单分库): who may be chosen, for what, and how each has worked so far (V-20)."""

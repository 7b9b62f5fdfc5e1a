"""Assets and the chain of seals on each."""

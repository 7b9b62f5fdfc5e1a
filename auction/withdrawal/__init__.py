"""The end of a run without a result: withdrawn before its start (撤回, B-51, B-52) or ended after it (终结, B-53)."""

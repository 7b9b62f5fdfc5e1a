"""Leads from the public (线索举报): where a debtor or an asset is. Each becomes a task with a clock, answered by a code."""

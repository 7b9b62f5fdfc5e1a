"""How the tests are shared out among the processes of `make test`.

Tests that share something costly to start stay together, and those come first, so that no process ends with a long one.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/faults/", "tests/roles/", "tests/ops/test_supervisor.py")


class CostlyStartsTogether(LoadScopeScheduling):  # type: ignore[misc]
    """Every test goes to whichever process is free, but for those below one of `TOGETHER`. The largest groups go first, then
    what is marked slow."""

    def _split_scope(self, nodeid: str) -> str:
        return next((start for start in TOGETHER if nodeid.startswith(start)), nodeid)


def slow_ones_first(items: list[pytest.Item]) -> None:
    """Put the tests that are marked slow before all others, whose order stays: one that begins last is waited for alone."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)

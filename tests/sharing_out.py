"""How the tests are shared out among the processes of `make test`.

Tests that share something costly to start stay together, and those come first, so that no process ends with a long one.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/faults/", "tests/ops/test_supervisor.py")


class CostlyStartsTogether(LoadScopeScheduling):  # type: ignore[misc]
    """Every test goes to whichever process is free, but for those below one of `TOGETHER`. The largest groups go first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((start for start in TOGETHER if nodeid.startswith(start)), nodeid)

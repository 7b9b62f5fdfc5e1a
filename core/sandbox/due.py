"""What a sandbox's clock must not pass: rooms say what is due next, and which work settles it.

    @due_source("lot_end", jobs=("close_lots",))
    async def next_end(work: Work) -> datetime | None: ...

A source tells the earliest moment of what is not done yet, whether it lies ahead or has come.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from core.database import Database, Work

Find = Callable[[Work], Awaitable[datetime | None]]
Settle = Callable[[Database], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DueSource:
    """One kind of due work. `jobs`: periodic jobs, by function name, that settle it; `settle`: what else does; neither: it
    is settled by whoever does it, and the clock waits."""

    name: str
    find: Find
    jobs: tuple[str, ...] = ()
    settle: Settle | None = None
    is_event: bool = True


SOURCES: dict[str, DueSource] = {}
"""Filled as rooms' `workers.py` are imported."""

SLOW_SOURCES: dict[str, Find] = {}
"""Each tells from when on the clock should run in real time because a person takes part in something."""


def due_source(name: str, *, jobs: tuple[str, ...] = (), is_event: bool = True) -> Callable[[Find], Find]:
    """Register what is due next."""

    def register(find: Find) -> Find:
        SOURCES[name] = DueSource(name, find, jobs, is_event=is_event)
        return find

    return register

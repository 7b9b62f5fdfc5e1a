"""What other rooms hold of a case: each lists its own, so that a dossier is one catalogue and no file is kept twice.

    @dossier_source("quality")
    async def quality_files(work: Work, case_id: UUID) -> Sequence[Elsewhere]: ...

A source lists only what the officers of the court may know; the page behind `link` checks again and records the reading.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.database import Work
from core.i18n import Message
from disposal_teams.dossier.models import DossierKind


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file of the case that another room keeps. `sha256` in hexadecimal, empty where the room does not tell it."""

    kind: DossierKind
    title: Message
    by: Message
    at: datetime
    link: str
    sha256: str = ""


List = Callable[[Work, UUID], Awaitable[Sequence[Elsewhere]]]

SOURCES: dict[str, List] = {}
"""Filled as the rooms' modules are imported."""


def dossier_source(name: str) -> Callable[[List], List]:
    """Register what a room holds of a case."""

    def register(find: List) -> List:
        SOURCES[name] = find
        return find

    return register


async def kept_elsewhere(work: Work, case_id: UUID) -> list[Elsewhere]:
    """Everything that the rooms hold of a case, newest first; the caller has opened the case of the own court."""
    found: list[Elsewhere] = []
    for _, find in sorted(SOURCES.items()):
        found.extend(await find(work, case_id))
    return sorted(found, key=lambda each: each.at, reverse=True)

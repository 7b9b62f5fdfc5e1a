"""What a form asks for is carried out in one transaction, or the form holds the refusal."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol
from uuid import UUID

from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import Message
from core.identity import Actor
from web.forms import Form


async def carried_out(
    database: Database, actor: Actor, form: Form, act: Callable[[Work], Awaitable[Any]]
) -> bool:
    """Whether `act` was done and committed; else the form says why not. Raises `NotFound`, which has a page of its own."""
    if form.is_bad:
        return False
    try:
        async with database.begin(actor) as work:
            await act(work)
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
        return False
    return True


class _Row(Protocol):
    @property
    def id(self) -> UUID: ...


def named_among(rows: Iterable[_Row], wanted: UUID | None, missing: Message) -> UUID:
    """The id that a form names, where it is one of the rows that belong to its page. Raises `NotFound`: a row of somebody else
    is as unknown as none (P-03)."""
    if wanted is None or wanted not in {each.id for each in rows}:
        raise NotFound(missing)
    return wanted

"""What a form asks for is carried out in one transaction, or the form holds the refusal."""

from collections.abc import Awaitable, Callable
from typing import Any

from core.database import Database, Work
from core.errors import DisposalError, NotFound
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

"""One page with several forms, each for one step: the step that is named in the address is taken."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor
from web.access.visitor import AnyRequest
from web.forms import Form, read_form
from web.rendering import see_other

Act = Callable[[Work, UUID, Form], Awaitable[object]]
"""Reads its fields and takes the step, unless a field is bad."""


async def take_named_step(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    acts: Mapping[str, tuple[Act, Message]],
    name: str,
    subject_id: UUID,
    *,
    back: str,
) -> Response[Any] | Form:
    """Take the step `name` of `acts` and lead `back` with what it says; or the form, with what was typed and refused.

    Raises `NotFound` for a name that is none and what the step says cannot be found.
    """
    form = await read_form(request)
    if name not in acts:
        raise NotFound(msg("没有该步骤。"))
    step, said = acts[name]
    try:
        async with database.begin(actor) as work:
            await step(work, subject_id, form)
        if not form.is_bad:
            return see_other(request, back, said=said)
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    return form

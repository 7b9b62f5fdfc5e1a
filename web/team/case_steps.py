"""A page about one case with several forms: one of them is taken, or shown again with what was refused."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response

from core.database import Database, Work
from core.i18n import Message
from core.identity import Actor
from disposal_teams.cases.queries import open_case_file
from web.access.visitor import AnyRequest
from web.carry_out import carried_out
from web.forms import Form
from web.rendering import see_other

Show = Callable[[AnyRequest, Work, UUID, Form], Awaitable[Response[Any]]]


async def take_on_case(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    case_id: UUID,
    form: Form,
    act: Callable[[Work], Awaitable[object]],
    *,
    show: Show,
    said: Message,
    page: str,
) -> Response[Any]:
    """Do `act` where the reader may open the case and go to its page `page`, or `show` the form with what was refused."""

    async def whole(work: Work) -> None:
        await open_case_file(work, case_id)
        await act(work)

    if await carried_out(database, actor, form, whole):
        return see_other(request, f"/team/cases/{case_id}/{page}", said=said)
    async with database.read(actor) as work:
        return await show(request, work, case_id, form)

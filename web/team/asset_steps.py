"""A page about one asset with several forms: one of them is taken, or shown again with what was typed."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response

from core.database import Database, Work
from core.i18n import Message
from core.identity import Actor
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from web.access.visitor import AnyRequest
from web.carry_out import carried_out
from web.forms import Form
from web.rendering import see_other

Act = Callable[[Work, Asset], Awaitable[object]]
Show = Callable[[AnyRequest, Database, Actor, str, Form], Awaitable[Response[Any]]]


async def take_on_asset(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    asset_no: str,
    form: Form,
    act: Act,
    *,
    show: Show,
    said: Message,
    page: str,
) -> Response[Any]:
    """Do `act` on the own court's asset and go to its page `page`, or `show` the form with what was refused."""

    async def whole(work: Work) -> None:
        await act(work, await open_own_asset(work, asset_no))

    if await carried_out(database, actor, form, whole):
        return see_other(request, f"/team/assets/{asset_no}/{page}", said=said)
    return await show(request, database, actor, asset_no, form)

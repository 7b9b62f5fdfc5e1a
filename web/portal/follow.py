"""Follow a lot from its page, to be reminded before it starts."""

from typing import Any

from litestar import Response, post

from auction.reminders.follow import follow_lot, unfollow_lot
from core.database import Database
from core.i18n import msg
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.portal.registration import public_lot
from web.rendering import see_other


@post("/lots/{lot_no:str}/follow", include_in_schema=False)
async def follow(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Follow it."""
    actor = require_login(visitor)
    await read_form(request)
    async with database.begin(actor) as work:
        await follow_lot(work, (await public_lot(work, lot_no)).id)
    return see_other(request, f"/lots/{lot_no}", said=msg("已关注，开拍前会提醒您。"))


@post("/lots/{lot_no:str}/unfollow", include_in_schema=False)
async def unfollow(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Stop."""
    actor = require_login(visitor)
    await read_form(request)
    async with database.begin(actor) as work:
        await unfollow_lot(work, (await public_lot(work, lot_no)).id)
    return see_other(request, f"/lots/{lot_no}", said=msg("已取消关注。"))


route_handlers = [follow, unfollow]

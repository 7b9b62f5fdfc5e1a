"""More time for the balance, in the court: entered for a buyer who asks on paper, granted or refused by the director (B-70)."""

from typing import Any
from uuid import UUID

from litestar import Response, post

from auction.grace.ask import enter_grace
from auction.grace.decide import grant_grace, refuse_grace
from auction.settlement.models import Settlement
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import Message, msg
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.team.settlements import act_on_sale

SAID: dict[str, Message] = {
    "ask": msg("延期申请已登记，待局长批准。"),
    "grant": msg("已准予延期，已通知各方。"),
    "refuse": msg("未准予延期，已通知买受人。"),
}


@post("/team/settlements/{lot_no:str}/grace/{step:str}", include_in_schema=False)
async def take_grace_step(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str, step: str
) -> Response[Any]:
    """Enter, grant or refuse."""
    actor = require_staff(visitor)
    if step not in SAID:
        raise NotFound(msg("没有这个步骤。"))
    form = await read_form(request)
    until = form.day("until") if step != "refuse" else None
    reason = form.text("reason", longest=1000, lines=True) if step == "ask" else ""
    note = form.text("note", required=step == "refuse", longest=500, lines=True) if step != "ask" else ""

    async def take(work: Work, lot_id: UUID) -> Settlement:
        if step == "refuse":
            await refuse_grace(work, lot_id, note=note)
        else:
            assert until is not None
            if step == "ask":
                await enter_grace(work, lot_no, until=until, reason=reason)
            else:
                await grant_grace(work, lot_id, until=until, note=note)
        return await work.session.get_one(Settlement, lot_id)

    return await act_on_sale(request, database, actor, lot_no, form, take, SAID[step])


route_handlers = [take_grace_step]

"""A sale that an authority must approve, in the court: note it, and what was answered (B-75)."""

from typing import Any
from uuid import UUID

from litestar import Response, post

from auction.approvals.follow import note_approval_needed, record_approval_answer
from auction.settlement.models import Settlement
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.team.settlements import act_on_sale

SAID = {"need": msg("已登记须经审批，裁定等待答复。"), "answer": msg("审批结果已登记。")}


@post("/team/settlements/{lot_no:str}/approval/{step:str}", include_in_schema=False)
async def take_approval_step(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str, step: str
) -> Response[Any]:
    """Note the need, or the answer."""
    actor = require_staff(visitor)
    if step not in SAID:
        raise NotFound(msg("没有这个步骤。"))
    form = await read_form(request)
    asks = step == "need"
    authority, matter = (form.text(name, required=asks, longest=300) for name in ("authority", "matter"))
    answer_no = form.text("answer_no", required=not asks, longest=80)
    answer = form.text("answer", required=False, longest=500, lines=True)
    verdict = form.choice("approval", ("approved", "refused", "refused_buyer"), required=not asks)

    async def take(work: Work, lot_id: UUID) -> Settlement:
        if asks:
            await note_approval_needed(work, lot_id, authority=authority, matter=matter)
        else:
            await record_approval_answer(
                work,
                lot_id,
                is_approved=verdict == "approved",
                answer_no=answer_no,
                answer=answer,
                because_of_buyer=verdict == "refused_buyer",
            )
        return await work.session.get_one(Settlement, lot_id)

    return await act_on_sale(request, database, actor, lot_no, form, take, SAID[step])


route_handlers = [take_approval_step]

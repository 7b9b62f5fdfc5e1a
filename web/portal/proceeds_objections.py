"""A person's objection to a plan, a view against another's, the proof of a suit (D-23)."""

from typing import Any
from uuid import UUID

from litestar import Response, post

from auction.proceeds.objections.advance import prove_suit, withdraw_objection
from auction.proceeds.objections.queries import objections_of
from auction.proceeds.objections.raise_objection import object_to_plan, speak_against
from auction.proceeds.plan.queries import own_part
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.portal.proceeds import take_own_step
from web.team.proceeds_objections import read_demand

BASE = "/my/proceeds/{proceeds_id:uuid}"


@post(BASE + "/objections", include_in_schema=False)
async def object_(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Object to the plan."""
    actor = require_login(visitor)
    form = await read_form(request)
    typed = read_demand(form)

    async def act(work: Work) -> None:
        part = await own_part(work, proceeds_id)
        if not part.services:
            raise NotFound(msg("没有找到送达您的分配方案。"))
        await object_to_plan(work, part.services[0].id, **typed)

    said = msg("异议已提交，法院将通知其他当事人。")
    return await take_own_step(request, database, actor, proceeds_id, form, act, said)


@post(BASE + "/objections/{objection_id:uuid}/{step:str}", include_in_schema=False)
async def step_of(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    proceeds_id: UUID,
    objection_id: UUID,
    step: str,
) -> Response[Any]:
    """Speak against an objection, prove the own suit, or take the own objection back."""
    actor = require_login(visitor)
    form = await read_form(request)
    if step not in ("view", "suit", "withdraw"):
        raise NotFound(msg("没有这个步骤。"))
    view = form.text("view", longest=2000, lines=True) if step == "view" else ""
    case_no = form.text("case_no", longest=60) if step == "suit" else ""
    filed_on = form.day("filed_on") if step == "suit" else None

    async def act(work: Work) -> None:
        part = await own_part(work, proceeds_id)
        if objection_id not in {each.id for each, _ in await objections_of(work, proceeds_id)}:
            raise NotFound(msg("没有找到该异议。"))
        if step == "withdraw":
            await withdraw_objection(work, objection_id)
        elif step == "suit":
            assert filed_on is not None
            await prove_suit(work, objection_id, case_no=case_no, filed_on=filed_on)
        elif part.services:
            await speak_against(work, objection_id, part.services[0].id, reasons=view)
        else:
            raise NotFound(msg("没有找到送达您的分配方案。"))

    said = {
        "view": msg("反对意见已提交。"),
        "suit": msg("起诉证明已提交，争议款项将予提存。"),
        "withdraw": msg("异议已撤回。"),
    }[step]
    return await take_own_step(request, database, actor, proceeds_id, form, act, said)


route_handlers = [object_, step_of]

"""The desk's steps of an appraisal: the choice of firms, the draw, the firms' work."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, post

from core.database import Database, Work
from core.errors import NotFound
from core.i18n import Message, msg
from valuation.appraisal.firm_steps import (
    accept_engagement,
    ask_more_time,
    decide_more_time,
    decline_engagement,
    record_returned_materials,
)
from valuation.appraisal.models import AppraisalEngagement
from valuation.selection.choose import name_firms
from valuation.selection.lottery import hold_draw
from valuation.selection.models import AppraiserSelection
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.team.valuation_ways import do_step

Step = Callable[[Work, Form], Awaitable[Any]]

STEPS: dict[str, Message] = {
    "accept": msg("已登记接受委托。"),
    "decline": msg("已登记不能承办，已委托下一家机构。"),
    "ask-time": msg("已登记延期申请。"),
    "grant-time": msg("已同意延期。"),
    "refuse-time": msg("已不同意延期。"),
    "materials": msg("已登记材料退还。"),
}


@post("/team/selections/{selection_id:uuid}/choices", include_in_schema=False)
async def enter_choice(
    request: AnyRequest, database: Database, visitor: Visitor, selection_id: UUID
) -> Response[Any]:
    """Enter the firms that a party named on paper."""
    form = await read_form(request)
    valuation_id = await _valuation_of(database, visitor, AppraiserSelection, selection_id)
    party_id = form.identifier("party_id")
    firms = read_firms(form)
    paper_ref = form.text("paper_ref", longest=120)

    async def step(work: Work) -> None:
        assert party_id is not None
        await name_firms(work, selection_id, party_id, firms=firms, paper_ref=paper_ref)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已登记该方的选择。"))


def read_firms(form: Form) -> list[UUID]:
    """The firms in the order of the form's three boxes; empty boxes are left out."""
    return [
        firm
        for number in (1, 2, 3)
        if form.value(f"firm_{number}") and (firm := form.identifier(f"firm_{number}")) is not None
    ]


@post("/team/selections/{selection_id:uuid}/draw", include_in_schema=False)
async def draw(
    request: AnyRequest, database: Database, visitor: Visitor, selection_id: UUID
) -> Response[Any]:
    """Hold the draw."""
    form = await read_form(request)
    valuation_id = await _valuation_of(database, visitor, AppraiserSelection, selection_id)
    value, witnesses = form.text("public_value", longest=60), form.text("witnesses", longest=200)

    async def step(work: Work) -> None:
        await hold_draw(work, selection_id, public_value=value, witnesses=witnesses)

    return await do_step(
        request, database, visitor, valuation_id, form, step, msg("摇号已完成，结果已公布。")
    )


@post("/team/engagements/{engagement_id:uuid}/{name:str}", include_in_schema=False)
async def engagement_step(
    request: AnyRequest, database: Database, visitor: Visitor, engagement_id: UUID, name: str
) -> Response[Any]:
    """A step in a firm's work, recorded by the court."""
    form = await read_form(request)
    valuation_id = await _valuation_of(database, visitor, AppraisalEngagement, engagement_id)
    if name not in STEPS:
        raise no_such_step()
    step = engagement_step_of(form, engagement_id, name)
    return await do_step(request, database, visitor, valuation_id, form, step, STEPS[name])


def no_such_step() -> NotFound:
    """The answer to an address that names nothing."""
    return NotFound(msg("没有找到该评估委托。"))


def engagement_step_of(
    form: Form, engagement_id: UUID, name: str
) -> Callable[[Work], Awaitable[AppraisalEngagement]]:
    """The use case behind a button of the engagement; faults of its fields are noted in the form."""
    needs_reason = name in {"decline", "ask-time"}
    reason = form.text("reason", longest=200) if needs_reason else ""
    days = form.integer("days", least=1, most=15) if name == "ask-time" else 0

    async def step(work: Work) -> AppraisalEngagement:
        match name:
            case "accept":
                return await accept_engagement(work, engagement_id)
            case "decline":
                return await decline_engagement(work, engagement_id, reason=reason)
            case "ask-time":
                return await ask_more_time(work, engagement_id, days=days, reason=reason)
            case "grant-time" | "refuse-time":
                return await decide_more_time(work, engagement_id, granted=name == "grant-time")
            case "materials":
                return await record_returned_materials(work, engagement_id)
            case _:
                raise no_such_step()

    return step


async def _valuation_of(
    database: Database,
    visitor: Visitor,
    kind: type[AppraiserSelection] | type[AppraisalEngagement],
    row_id: UUID,
) -> UUID:
    async with database.read(require_staff(visitor)) as work:
        row: AppraiserSelection | AppraisalEngagement | None = await work.session.get(kind, row_id)
    if row is None:
        raise no_such_step()
    return row.valuation_id


route_handlers = [enter_choice, draw, engagement_step]

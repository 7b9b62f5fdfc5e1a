"""The desk's steps of an appraisal: the choice of firms, the draw, the firms' work."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, post

from core.database import Database, Work
from core.errors import NotFound
from core.i18n import Message, msg
from valuation.appraisal.demands import demand_correction, explain_report, replace_firm
from valuation.appraisal.firm_steps import (
    accept_engagement,
    ask_more_time,
    decide_more_time,
    decline_engagement,
    record_returned_materials,
)
from valuation.appraisal.inspection import call_inspection, cancel_inspection, record_inspection
from valuation.appraisal.models import AppraisalEngagement, DemandCause, SiteInspection
from valuation.selection.choose import name_firms
from valuation.selection.lottery import hold_draw
from valuation.selection.models import AppraiserSelection
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.team.valuation import do_step

Step = Callable[[Work, Form], Awaitable[Any]]

STEPS: dict[str, Message] = {
    "accept": msg("已登记接受委托。"),
    "decline": msg("已登记不能承办，已委托下一家机构。"),
    "ask-time": msg("已登记延期申请。"),
    "grant-time": msg("已同意延期。"),
    "refuse-time": msg("已不同意延期。"),
    "materials": msg("已登记材料退还。"),
    "explain": msg("书面说明已提交。"),
    "call-inspection": msg("勘验通知已发出。"),
    "record-inspection": msg("勘验情况已登记。"),
    "cancel-inspection": msg("现场勘验已取消。"),
    "replace": msg("已更换评估机构，已委托下一家机构。"),
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


def engagement_step_of(form: Form, engagement_id: UUID, name: str) -> Callable[[Work], Awaitable[Any]]:
    """The use case behind a button of the engagement; faults of its fields are noted in the form."""
    if name in INSPECTION_STEPS:
        return _inspection_step_of(form, engagement_id, name)
    needs_reason = name in {"decline", "ask-time", "replace"}
    reason = form.text("reason", longest=200) if needs_reason else ""
    days = form.integer("days", least=1, most=15) if name == "ask-time" else 0
    explanation = form.text("explanation", longest=2000, lines=True) if name == "explain" else ""

    async def step(work: Work) -> Any:
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
            case "explain":
                return await explain_report(work, engagement_id, explanation=explanation)
            case "replace":
                return await replace_firm(work, engagement_id, reason=reason)
            case _:
                raise no_such_step()

    return step


INSPECTION_STEPS = frozenset({"call-inspection", "record-inspection", "cancel-inspection"})


def _inspection_step_of(
    form: Form, engagement_id: UUID, name: str
) -> Callable[[Work], Awaitable[SiteInspection]]:
    """The use case behind a step of the inspection (V-22)."""
    if name == "cancel-inspection":
        return partial(cancel_inspection, engagement_id=engagement_id)
    if name == "call-inspection":
        planned_at, place = form.moment("planned_at"), form.text("place", longest=120)

        async def call(work: Work) -> SiteInspection:
            assert planned_at is not None
            return await call_inspection(work, engagement_id, planned_at=planned_at, place=place)

        return call
    held_at = form.moment("held_at")
    present = form.identifiers("present") if form.lists.get("present") else []
    witness = form.text("witness", required=False, longest=120)
    was_refused = form.flag("was_refused")
    force_measure = form.text("force_measure", required=False, longest=300)
    findings = form.text("findings", required=False, longest=1000, lines=True)

    async def record(work: Work) -> SiteInspection:
        assert held_at is not None
        return await record_inspection(
            work,
            engagement_id,
            held_at=held_at,
            present=present,
            witness=witness,
            was_refused=was_refused,
            force_measure=force_measure,
            findings=findings,
        )

    return record


@post("/team/valuations/{valuation_id:uuid}/demand", include_in_schema=False)
async def demand(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Ask the firm to explain or correct its report."""
    form = await read_form(request)
    cause = form.choice("cause", DemandCause)
    wanted = form.text("wanted", longest=500)

    async def step(work: Work) -> None:
        assert cause is not None
        await demand_correction(work, valuation_id, cause=cause, wanted=wanted)

    return await do_step(
        request, database, visitor, valuation_id, form, step, msg("已通知评估机构三日内说明或者补正。")
    )


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


route_handlers = [enter_choice, draw, engagement_step, demand]

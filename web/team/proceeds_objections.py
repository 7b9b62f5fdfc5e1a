"""Objections to a distribution plan at the court: from paper, told, sued, judged; reserves that are decided (D-23, D-11)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.proceeds.models import Proceeds
from auction.proceeds.objections.advance import note_judgment, note_objector_told, prove_suit
from auction.proceeds.objections.models import Demand
from auction.proceeds.objections.queries import objections_of, views_of
from auction.proceeds.objections.raise_objection import (
    demand_words,
    note_others_told,
    object_to_plan,
    speak_against,
)
from auction.proceeds.objections.rules import DEMAND_LABELS, OPEN
from auction.proceeds.objections.rules import STATE_LABELS as OBJECTION_LABELS
from auction.proceeds.plan.divide import Rank
from auction.proceeds.plan.queries import plans_of, standing_plan
from auction.proceeds.plan.serve import services_of
from auction.proceeds.queries import open_proceeds_file
from auction.proceeds.release import decide_reserve
from auction.proceeds.rules import RANK_LABELS
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, translated
from web.team.proceeds import BASE, LABELS, act_on_file

HERE = BASE + "/objections"
TO = "/team/proceeds/{id}/objections"
OBJECTION_TAGS = {"filed": "warn", "contested": "warn", "sued": "warn", "upheld": "good", "failed": "info"}


@get(HERE, include_in_schema=False)
async def objections_page(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """The objections with their clocks and views, and what the officer records of them."""
    return await _show(request, database, require_staff(visitor), proceeds_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, proceeds_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        proceeds = await open_proceeds_file(work, proceeds_id)
        plan = standing_plan(await plans_of(work, proceeds.id))
        found = await objections_of(work, proceeds.id)
        today = work.now.astimezone(COURT_ZONE).date().isoformat()
        for name in ("told_on", "filed_on", "posted_on"):
            form.values.setdefault(name, today)
        return page(
            request,
            "proceeds/objections.html",
            status=form.status,
            form=form,
            file=proceeds,
            plan=plan,
            objections=[
                (each, who, await views_of(work, each.id), demand_words(each)) for each, who in found
            ],
            open_states=[str(each) for each in OPEN],
            services=await services_of(work, plan.id) if plan else [],
            objection_labels=OBJECTION_LABELS,
            objection_tags=OBJECTION_TAGS,
            demand_options=[
                (str(key), translated(request, msg(text))) for key, text in DEMAND_LABELS.items()
            ],
            new_rank_options=[
                (str(key), translated(request, msg(text))) for key, text in RANK_LABELS.items()
            ],
            may_draft=may(actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code),
            server_time=work.now,
            **LABELS,
        )


async def _act(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID, form: Form, act: Any
) -> Response[Any]:
    said = msg("已登记。")
    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, form, act, said, to=TO, show=_show
    )


def read_demand(form: Form) -> dict[str, Any]:
    """An objection as typed."""
    return {
        "target_claim_id": form.identifier("target"),
        "demand": form.choice("demand", Demand),
        "demanded_fen": form.yuan("demanded", required=False) if form.value("demanded") else None,
        "demanded_rank": form.choice("new_rank", Rank, required=False),
        "reasons": form.text("reasons", longest=2000, lines=True),
    }


@post(HERE, include_in_schema=False)
async def enter(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Write a paper objection down."""
    form = await read_form(request)
    service, posted_on, typed = form.identifier("service"), form.day("posted_on"), read_demand(form)

    async def act(work: Work, proceeds: Proceeds) -> None:
        assert service is not None
        await _own_service(work, proceeds, service)
        await object_to_plan(work, service, posted_on=posted_on, **typed)

    return await _act(request, database, visitor, proceeds_id, form, act)


async def _own_service(work: Work, proceeds: Proceeds, service: UUID) -> None:
    plan = standing_plan(await plans_of(work, proceeds.id))
    if plan is None or service not in {each.id for each in await services_of(work, plan.id)}:
        raise NotFound(msg("没有找到该送达记录。"))


@post(HERE + "/{objection_id:uuid}/{step:str}", include_in_schema=False)
async def record_step(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    proceeds_id: UUID,
    objection_id: UUID,
    step: str,
) -> Response[Any]:
    """What happened on paper: others told, a view, the objector told, the suit, its judgment."""
    form = await read_form(request)
    if step not in ("others-told", "view", "objector-told", "suit", "judgment"):
        raise NotFound(msg("没有这个步骤。"))
    day = form.day("filed_on" if step == "suit" else "told_on", required=step != "judgment")
    service = form.identifier("service") if step == "view" else None
    view = form.text("view", longest=2000, lines=True) if step == "view" else ""
    case_no = form.text("case_no", longest=60) if step == "suit" else ""
    founded = form.choice("outcome", ("founded", "unfounded")) if step == "judgment" else None
    ref = form.text("ref", longest=200) if step == "judgment" else ""
    fen = form.yuan("fen") if form.value("fen") else None

    async def act(work: Work, proceeds: Proceeds) -> None:
        if objection_id not in {each.id for each, _ in await objections_of(work, proceeds.id)}:
            raise NotFound(msg("没有找到该异议。"))
        if step == "judgment":
            await note_judgment(work, objection_id, founded=founded == "founded", fen=fen, ref=ref)
            return
        assert day is not None
        if step == "view":
            assert service is not None
            await speak_against(work, objection_id, service, reasons=view, posted_on=day)
        elif step == "suit":
            await prove_suit(work, objection_id, case_no=case_no, filed_on=day)
        else:
            note = note_others_told if step == "others-told" else note_objector_told
            await note(work, objection_id, told_on=day)

    return await _act(request, database, visitor, proceeds_id, form, act)


@post(BASE + "/reserves", include_in_schema=False)
async def settle_reserve(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """A reserved claim has been decided."""
    form = await read_form(request)
    claim, ref = form.identifier("reserve_claim"), form.text("reserve_ref", longest=200)
    fen = form.yuan("reserve_fen")

    async def act(work: Work, proceeds: Proceeds) -> None:
        plan = standing_plan(await plans_of(work, proceeds.id))
        if plan is None or str(claim) not in {each["id"] for each in plan.claims}:
            raise NotFound(msg("没有找到该项债权。"))
        assert claim is not None
        await decide_reserve(work, claim, title_fen=fen, ref=ref)

    return await _act(request, database, visitor, proceeds_id, form, act)


route_handlers = [objections_page, enter, record_step, settle_reserve]

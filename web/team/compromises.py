"""Compromises of the parties: agreement and plan, the panel's ruling, payments, going on after a breach (A-29)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.compromise import rules
from auction.compromise.agree import decide_compromise, file_compromise
from auction.compromise.models import CompromiseState, ReportKind
from auction.compromise.perform import note_payment, resume_on_request
from auction.compromise.queries import compromises_of_asset, reports_of
from auction.compromise.report import answer_report
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page
from web.team.asset_steps import take_on_asset
from web.team.fields import panel_members

BASE = "/team/assets/{asset_no:str}/compromise"
LINES_AT_ONCE = 12
S = CompromiseState
TAGS: dict[CompromiseState, str] = {
    S.FILED: "warn",
    S.IN_FORCE: "info",
    S.LATE: "bad",
    S.RESUMED: "bad",
    S.KEPT: "good",
}


@get(BASE, include_in_schema=False)
async def compromise_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The compromise that is open with its plan, and earlier ones."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        made = await compromises_of_asset(work, subject.id)
        current = next((each for each in made if each[0].state in rules.OPEN), None)
        reports = await reports_of(work, current[0].id) if current else []
        today = work.now.astimezone(COURT_ZONE).date()
    for name in ("decided_on", "paid_on"):
        form.values.setdefault(name, today.isoformat())
    return page(
        request,
        "compromise/desk.html",
        status=form.status,
        form=form,
        subject=subject,
        made=made,
        current=current,
        reports=reports,
        report_labels=rules.REPORT_LABELS,
        numbers=range(1, LINES_AT_ONCE + 1),
        compromise_states=rules.STATE_LABELS,
        compromise_tags=TAGS,
        may_enter=may(actor, Permission.DRAFT_LISTING, court_code=subject.court_code),
        may_decide=may(actor, Permission.RECORD_PANEL_DECISION, court_code=subject.court_code),
        today=today,
    )


@post(BASE, include_in_schema=False)
async def enter(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Write the agreement down."""
    actor = require_staff(visitor)
    form = await read_form(request)
    terms = form.text("terms", longest=2000, lines=True)
    ahead = form.flag("asked_ahead")
    plan = []
    for number in range(1, LINES_AT_ONCE + 1):
        wanted = number == 1 or bool(form.value(f"due{number}") or form.value(f"amount{number}"))
        day = form.day(f"due{number}", required=wanted)
        fen = form.yuan(f"amount{number}", required=wanted, least_fen=1 if wanted else 0)
        if day is not None:
            plan.append(rules.PlanLine(day, fen))

    async def act(work: Work, asset: Asset) -> None:
        await file_compromise(work, asset.id, terms=terms, plan=plan, asked_ahead=ahead)

    said = msg("和解协议已录入，待合议庭裁定。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="compromise"
    )


@post(BASE + "/{compromise_id:uuid}/decision", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, compromise_id: UUID
) -> Response[Any]:
    """The panel lets the disposal stand still, or not."""
    actor = require_staff(visitor)
    form = await read_form(request)
    stops = form.choice("outcome", ("stop", "refuse")) == "stop"
    minutes = form.text("minutes", longest=2000, lines=True)
    members = panel_members(form)
    decided_on = form.day("decided_on")

    async def act(work: Work, asset: Asset) -> None:
        await _of_asset(work, asset, compromise_id)
        assert decided_on is not None
        await decide_compromise(
            work, compromise_id, stops=stops, members=members, minutes=minutes, decided_on=decided_on
        )

    said = msg("裁定已记录。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="compromise"
    )


@post(BASE + "/{compromise_id:uuid}/payments", include_in_schema=False)
async def pay(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, compromise_id: UUID
) -> Response[Any]:
    """Note that an instalment was paid."""
    actor = require_staff(visitor)
    form = await read_form(request)
    instalment = form.identifier("instalment")
    paid_on = form.day("paid_on")
    proof = form.text("proof", longest=200)

    async def act(work: Work, asset: Asset) -> None:
        await _of_asset(work, asset, compromise_id, instalment)
        assert instalment is not None
        assert paid_on is not None
        await note_payment(work, instalment, paid_on=paid_on, proof=proof)

    said = msg("付款已登记。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="compromise"
    )


@post(BASE + "/{compromise_id:uuid}/resume", include_in_schema=False)
async def resume(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, compromise_id: UUID
) -> Response[Any]:
    """The applicant asks for the disposal to go on."""
    actor = require_staff(visitor)
    form = await read_form(request)
    note = form.text("note", longest=500)

    async def act(work: Work, asset: Asset) -> None:
        await _of_asset(work, asset, compromise_id)
        await resume_on_request(work, compromise_id, note=note)

    said = msg("已恢复处置。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="compromise"
    )


@post(BASE + "/{compromise_id:uuid}/reports/{report_id:uuid}", include_in_schema=False)
async def answer(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    asset_no: str,
    compromise_id: UUID,
    report_id: UUID,
) -> Response[Any]:
    """Answer what a party told; a breach that is found lets the disposal go on."""
    actor = require_staff(visitor)
    form = await read_form(request)
    founded = form.choice("outcome", ("founded", "unfounded")) == "founded"
    kind = form.choice("kind", ReportKind)
    text = form.text(f"answer_{kind}", longest=500) if kind else ""

    async def act(work: Work, asset: Asset) -> None:
        await _of_asset(work, asset, compromise_id)
        if report_id not in {report.id for report in await reports_of(work, compromise_id)}:
            raise NotFound(msg("没有找到该说明。"))
        await answer_report(work, report_id, founded=founded, answer=text)

    said = msg("已恢复处置。") if founded else msg("答复已发送当事人。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="compromise"
    )


async def _of_asset(work: Work, asset: Asset, compromise_id: UUID, instalment: UUID | None = None) -> None:
    for made, plan in await compromises_of_asset(work, asset.id):
        if made.id == compromise_id and (instalment is None or instalment in {each.id for each in plan}):
            return
    raise NotFound(msg("没有找到该和解。"))


route_handlers = [compromise_page, enter, decide, pay, resume, answer]

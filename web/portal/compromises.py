"""A compromise for those who made it: the plan, what is paid, telling the court of a payment or of a breach (A-29)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.compromise import rules
from auction.compromise.models import CompromiseState, ReportKind
from auction.compromise.queries import own_compromise, own_compromises, reports_of
from auction.compromise.report import report_breach, report_payment
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.i18n import Message, msg
from core.identity import Actor
from disposal_teams.cases.models import PartyRole
from disposal_teams.courts.queries import court_of
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.compromises import TAGS

OWN = "/my/compromises"
ONE = OWN + "/{compromise_id:uuid}"
PERFORMED = (CompromiseState.IN_FORCE, CompromiseState.LATE)


@get(OWN, include_in_schema=False)
async def own_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Every compromise of the own cases, with how far it is performed."""
    async with database.read(require_login(visitor)) as work:
        made = await own_compromises(work)
        today = work.now.astimezone(COURT_ZONE).date()
    return page(
        request,
        "compromise/own_list.html",
        made=made,
        today=today,
        compromise_states=rules.STATE_LABELS,
        compromise_tags=TAGS,
    )


@get(ONE, include_in_schema=False)
async def own_page(
    request: AnyRequest, database: Database, visitor: Visitor, compromise_id: UUID
) -> Response[Any]:
    """One compromise: terms, plan, payments, what was told and answered."""
    return await _show(request, database, require_login(visitor), compromise_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, compromise_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        own = await own_compromise(work, compromise_id)
        reports = await reports_of(work, compromise_id)
        court = await court_of(work, own.made.court_code)
        today = work.now.astimezone(COURT_ZONE).date()
    waiting = {report.kind for report in reports if report.answered_at is None}
    is_performed = own.made.state in PERFORMED
    return page(
        request,
        "compromise/own.html",
        status=form.status,
        form=form,
        own=own,
        court=court,
        reports=reports,
        today=today,
        may_say_paid=is_performed and own.role == PartyRole.DEBTOR and ReportKind.PAID not in waiting,
        may_say_breach=is_performed and own.role == PartyRole.APPLICANT and ReportKind.BREACH not in waiting,
        compromise_states=rules.STATE_LABELS,
        compromise_tags=TAGS,
        report_labels=rules.REPORT_LABELS,
    )


@post(ONE + "/payments", include_in_schema=False)
async def say_paid(
    request: AnyRequest, database: Database, visitor: Visitor, compromise_id: UUID
) -> Response[Any]:
    """The debtor says that an instalment is paid."""
    form = await read_form(request)
    instalment = form.identifier("instalment")
    note = form.text("note", longest=500, lines=True)

    async def act(work: Work) -> None:
        assert instalment is not None
        await report_payment(work, compromise_id, instalment, note=note)

    said = msg("付款说明已送达法院，核对后登记。")
    return await _take(request, database, visitor, compromise_id, form, act, said)


@post(ONE + "/breach", include_in_schema=False)
async def say_breach(
    request: AnyRequest, database: Database, visitor: Visitor, compromise_id: UUID
) -> Response[Any]:
    """The applicant says that it is not performed, and asks for the disposal to go on."""
    form = await read_form(request)
    note = form.text("note", longest=500, lines=True)

    async def act(work: Work) -> None:
        await report_breach(work, compromise_id, note=note)

    said = msg("您的申请已送达法院，答复将通知您。")
    return await _take(request, database, visitor, compromise_id, form, act, said)


async def _take(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    compromise_id: UUID,
    form: Form,
    act: Callable[[Work], Awaitable[None]],
    said: Message,
) -> Response[Any]:
    actor = require_login(visitor)
    if await carried_out(database, actor, form, act):
        return see_other(request, f"{OWN}/{compromise_id}", said=said)
    return await _show(request, database, actor, compromise_id, form)


route_handlers = [own_list, own_page, say_paid, say_breach]

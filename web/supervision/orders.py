"""The court above: applications under the six-month rule, and orders in cases of the courts below (T-20, T-21)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from disposal_teams.cases.queries import case_by_number, case_of
from disposal_teams.cases.rules import normalise_case_number
from disposal_teams.courts.queries import court_names
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.orders import rules
from disposal_teams.orders.inaction import decide_inaction
from disposal_teams.orders.issue import issue_order
from disposal_teams.orders.models import InactionDecision
from disposal_teams.orders.queries import inaction_to_decide, orders_of_court
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.court.orders import WORDS
from web.forms import Form, query_form, read_form
from web.rendering import page, see_other
from web.team.labels import shown

KIND_OPTIONS = [(str(kind), msg(title)) for kind, title in rules.KIND_TITLES.items()]
DECISIONS = [(str(each), msg(label)) for each, label in rules.DECISION_LABELS.items()]


@get("/supervision/orders", include_in_schema=False)
async def order_desk(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Applications to decide, the form of an order, and the orders made."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = Form.blank(case_no=query_form(request).value("case")[:60], kind=str(InstructionKind.URGE))
    return await _desk(request, database, actor, form)


async def _desk(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    court = actor.court_code or ""
    async with database.read(actor) as work:
        asked = await inaction_to_decide(work, court)
        orders = await orders_of_court(work, court)
        ids = {each.case_id for each in asked} | {each.old_case_id for each in orders}
        cases = {case_id: await case_of(work, case_id) for case_id in ids}
        names = await court_names(work)
    return page(
        request,
        "orders/desk.html",
        status=form.status,
        form=form,
        asked=asked,
        orders=orders,
        cases=cases,
        courts=names,
        court_options=shown(request, [(code, msg(name)) for code, name in names.items()]),
        kind_options=shown(request, KIND_OPTIONS),
        decisions=shown(request, DECISIONS),
        **WORDS,
    )


@post("/supervision/orders", include_in_schema=False)
async def make_order(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Make an order and serve it."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    number = form.text("case_no", longest=60)
    kind = form.choice("kind", InstructionKind)
    chosen = form.text("chosen_court", required=False, longest=8)
    reason = form.text("reason", longest=2000, lines=True)
    due_on = form.day("due_on")
    panel = panel_named(form)
    if kind is not None and due_on is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                case = await case_by_number(work, normalise_case_number(number))
                if case is None:
                    raise NotFound(msg("没有找到案件 {case_no}。", case_no=number))
                target = case.court_code if kind not in rules.MOVING else chosen
                if kind is InstructionKind.RAISE:
                    target = actor.court_code or ""
                made = await issue_order(
                    work, case_id=case.id, kind=kind, chosen_court=target, reason=reason, due_on=due_on,
                    panel=panel,
                )  # fmt: skip
            return see_other(
                request, f"/court/orders/{made.instruction_id}", said=msg("命令已作出并送达有关法院。")
            )
        except DisposalError as error:
            form.refuse(error)
    return await _desk(request, database, actor, form)


@post("/supervision/inaction/{request_id:uuid}", include_in_schema=False)
async def answer_inaction(
    request: AnyRequest, database: Database, visitor: Visitor, request_id: UUID
) -> Response[Any]:
    """Decide an application."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    decision = form.choice("decision", InactionDecision)
    reason = form.text("reason", longest=2000, lines=True)
    due_on = form.day("due_on", required=False)
    chosen = form.text("chosen_court", required=False, longest=8)
    if decision is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await decide_inaction(
                    work, request_id, decision=decision, reason=reason, due_on=due_on, chosen_court=chosen,
                    panel=panel_named(form),
                )  # fmt: skip
            return see_other(request, "/supervision/orders", said=msg("申请已办结，申请人已收到通知。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _desk(request, database, actor, form)


def panel_named(form: Form) -> list[str]:
    """The members of the panel that a form names."""
    names = form.text("panel", required=False, longest=200).replace("，", "、").replace(" ", "、").split("、")
    return [name for name in names if name]


route_handlers = [order_desk, make_order, answer_inaction]

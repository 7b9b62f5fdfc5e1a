"""One order of the court above as all its courts see it: paper, courts, new case, reconsideration (T-20, T-23)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.deadlines.rules import period_end
from core.documents import document_by_id
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission
from disposal_teams.assets.queries import assets_by_id
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_names
from disposal_teams.instructions.kinds import KIND_LABELS
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.instructions.progress import may_own
from disposal_teams.orders import rules
from disposal_teams.orders.follow import ask_reconsideration, file_new_case, judge_reconsideration
from disposal_teams.orders.models import CourtOrder, Verdict
from disposal_teams.orders.queries import order_of, orders_of_court
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.court.steps import Act, take_named_step
from web.forms import Form
from web.papers import paper_answer
from web.rendering import page
from web.team.labels import shown

BASE = "/court/orders/{order_id:uuid}"
WORDS: dict[str, Any] = {
    "kind_labels": KIND_LABELS,
    "kind_titles": rules.KIND_TITLES,
    "verdict_labels": rules.VERDICT_LABELS,
    "moving": rules.MOVING,
}


def possible_steps(work: Work, order: CourtOrder) -> set[str]:
    """What the actor may do with it as it stands; each step is checked again where it is taken."""
    in_time = work.now < period_end(order.served_at, days=rules.RECONSIDER_DAYS)
    moves = InstructionKind(order.kind) in rules.MOVING
    steps = {
        "file": moves
        and order.new_case_id is None
        and order.verdict != Verdict.REVOKED
        and may_own(work, Permission.REGISTER_ASSET, order.chosen_court),
        "reconsider": order.asked_at is None
        and in_time
        and may_own(work, Permission.APPROVE_INSTRUCTION, order.old_court),
        "judge": order.asked_at is not None
        and order.verdict is None
        and may_own(work, Permission.ORDER_COURTS, order.superior_court),
    }
    return {name for name, possible in steps.items() if possible}


@get("/court/orders", include_in_schema=False)
async def order_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The orders that the court got or has to carry out."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        orders = await orders_of_court(work, actor.court_code or "")
        cases = {each.old_case_id: await case_of(work, each.old_case_id) for each in orders}
        names = await court_names(work)
    return page(request, "orders/list.html", orders=orders, cases=cases, courts=names, **WORDS)


@get(BASE, include_in_schema=False)
async def order_page(
    request: AnyRequest, database: Database, visitor: Visitor, order_id: UUID
) -> Response[Any]:
    """The order and what can be done now."""
    return await _show(request, database, require_staff(visitor), order_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, order_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        order = await order_of(work, order_id)
        context = {
            "order": order,
            "steps": possible_steps(work, order),
            "old_case": await case_of(work, order.old_case_id),
            "new_case": await case_of(work, order.new_case_id) if order.new_case_id else None,
            "assets": list((await assets_by_id(work, order.moved_assets)).values()),
            "courts": await court_names(work),
            "may_ask_until": period_end(order.served_at, days=rules.RECONSIDER_DAYS),
            "server_time": work.now,
        }
    return page(
        request,
        "orders/one.html",
        status=form.status,
        form=form,
        verdicts=shown(request, [(str(each), msg(label)) for each, label in rules.VERDICT_LABELS.items()]),
        **context,
        **WORDS,
    )


async def _file(work: Work, order_id: UUID, form: Form) -> None:
    number = form.text("case_no", longest=60)
    if not form.is_bad:
        await file_new_case(work, order_id, case_no=number)


async def _reconsider(work: Work, order_id: UUID, form: Form) -> None:
    await ask_reconsideration(
        work, order_id, reason=form.text("reason", required=False, longest=2000, lines=True)
    )


async def _judge(work: Work, order_id: UUID, form: Form) -> None:
    verdict = form.choice("verdict", Verdict)
    if verdict is not None:
        reason = form.text("judged_why", required=False, longest=2000, lines=True)
        await judge_reconsideration(work, order_id, verdict=verdict, reason=reason)


ACTS: dict[str, tuple[Act, Message]] = {
    "file": (_file, msg("已立案，原案已销案，财产随案承继。")),
    "reconsider": (_reconsider, msg("已请求上级法院复议；复议期间不停止执行。")),
    "judge": (_judge, msg("复议已答复。")),
}


@post(BASE + "/{act:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, database: Database, visitor: Visitor, order_id: UUID, act: str
) -> Response[Any]:
    """Take one step; a refusal keeps what was typed."""
    actor = require_staff(visitor)
    back = f"/court/orders/{order_id}"
    taken = await take_named_step(request, database, actor, ACTS, act, order_id, back=back)
    if isinstance(taken, Form):
        return await _show(request, database, actor, order_id, taken)
    return taken


@get(BASE + "/papers/{document_id:uuid}", include_in_schema=False)
async def order_paper(
    request: AnyRequest, database: Database, visitor: Visitor, order_id: UUID, document_id: UUID
) -> Response[Any]:
    """The ruling, or the closing notice of the old case."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        order = await order_of(work, order_id)
        if document_id not in (order.ruling_document_id, order.closing_document_id):
            raise NotFound(msg("没有找到该文书。"))
        paper = await document_by_id(work, document_id)
    return paper_answer(paper)


route_handlers = [order_list, order_page, take_step, order_paper]

"""Cash taken in a case by exception, and its way to finance (M-02)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.cash.hand_in import receive_cash
from auction.cash.models import CashState
from auction.cash.queries import accounts_to_pay, cash_of_case, cash_of_court, colleagues, shown_by_bank
from auction.cash.rules import STATE_LABELS, hand_in_by, put_off_to
from auction.cash.take import confirm_taking, put_off_hand_in, take_cash
from core.database import Database, Work
from core.documents import documents_of
from core.i18n import Message, msg
from core.identity import Permission
from disposal_teams.cases.queries import open_case_file
from disposal_teams.courts.queries import court_of
from disposal_teams.instructions.progress import may_own
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out, named_among
from web.finance.home import court_code_of
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.case_steps import take_on_case

BASE = "/team/cases/{case_id:uuid}/cash"
TAGS = {CashState.TAKEN: "warn", CashState.CONFIRMED: "warn", CashState.HANDED_IN: "good"}
NO_SUCH_CASH = msg("没有找到该笔现金。")
LABELS: dict[str, Any] = {"cash_labels": STATE_LABELS, "cash_tags": TAGS}


@get(BASE, include_in_schema=False)
async def case_cash(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """What was taken in the case, and the form for more."""
    async with database.read(require_staff(visitor)) as work:
        return await _show(request, work, case_id, Form.blank())


async def _show(request: AnyRequest, work: Work, case_id: UUID, form: Form) -> Response[Any]:
    case = await open_case_file(work, case_id)
    takings = await cash_of_case(work, case.id)
    accounts = await accounts_to_pay(work, case.id)
    return page(
        request,
        "cash/case.html",
        status=form.status,
        form=form,
        case=case,
        takings=[
            (each, put_off_to(each.taken_at) if each.put_off_why else hand_in_by(each.taken_at))
            for each in takings
        ],
        banked=await shown_by_bank(work, takings),
        papers=[each for each in await documents_of(work, case_id=case.id) if each.kind == "cash_receipt"],
        accounts=[(number, f"{number} {title}") for number, title in accounts.items()],
        colleagues=[(str(key), name) for key, name in await colleagues(work, case.court_code)],
        may_take=may_own(work, Permission.TAKE_CASH, case.court_code),
        server_time=work.now,
        **LABELS,
    )


async def _act(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    case_id: UUID,
    form: Form,
    act: Callable[[Work], Awaitable[Any]],
    said: Message,
) -> Response[Any]:
    return await take_on_case(
        request, database, require_staff(visitor), case_id, form, act, show=_show, said=said, page="cash"
    )


@post(BASE, include_in_schema=False)
async def take(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Write down what was taken."""
    form = await read_form(request)
    given: dict[str, Any] = {
        "payer": form.text("payer", longest=80),
        "amount_fen": form.yuan("amount"),
        "why": form.text("why", longest=500, lines=True),
        "place": form.text("place", longest=120),
        "second_officer": form.identifier("second_officer"),
        "pay_into": form.text("pay_into", required=False, longest=32),
    }

    async def act(work: Work) -> None:
        await take_cash(work, case_id, **given)

    said = msg("已登记并制作收据，请当场交付交款人。")
    return await _act(request, database, visitor, case_id, form, act, said)


async def _own_taking(work: Work, case_id: UUID, form: Form) -> UUID:
    """The taking that the form names, if it is one of this case."""
    return named_among(await cash_of_case(work, case_id), form.identifier("taking"), NO_SUCH_CASH)


@post(BASE + "/confirm", include_in_schema=False)
async def confirm(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """The second officer confirms."""
    form = await read_form(request)

    async def act(work: Work) -> None:
        await confirm_taking(work, await _own_taking(work, case_id, form))

    said = msg("已确认，请交财务清点。")
    return await _act(request, database, visitor, case_id, form, act, said)


@post(BASE + "/put-off", include_in_schema=False)
async def put_off(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Say why it goes in on the next day."""
    form = await read_form(request)
    why = form.text("put_off_why", longest=300)

    async def act(work: Work) -> None:
        await put_off_hand_in(work, await _own_taking(work, case_id, form), why=why)

    said = msg("已登记，须于次日交财务。")
    return await _act(request, database, visitor, case_id, form, act, said)


@get("/finance/cash", include_in_schema=False)
async def court_cash(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What the court's officers took, and what finance has still to count."""
    async with database.read(require_staff(visitor)) as work:
        return await _show_court(request, work, Form.blank())


async def _show_court(request: AnyRequest, work: Work, form: Form) -> Response[Any]:
    court_code = court_code_of(work.actor)
    rows = await cash_of_court(work, court_code)
    return page(
        request,
        "cash/court.html",
        status=form.status,
        form=form,
        court=await court_of(work, court_code),
        rows=[
            (each, case_no, put_off_to(each.taken_at) if each.put_off_why else hand_in_by(each.taken_at))
            for each, case_no in rows
        ],
        banked=await shown_by_bank(work, [each for each, _ in rows]),
        may_receive=may_own(work, Permission.RECORD_BANK_LINE, court_code),
        server_time=work.now,
        **LABELS,
    )


@post("/finance/cash", include_in_schema=False)
async def receive(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Count it and take it in."""
    actor = require_staff(visitor)
    form = await read_form(request)
    taking_id = form.identifier("taking")
    counted = form.yuan("counted")
    slip_ref = form.text("slip_ref", longest=60)

    async def act(work: Work) -> None:
        taken = [each for each, _ in await cash_of_court(work, court_code_of(actor))]
        own = named_among(taken, taking_id, NO_SUCH_CASH)
        await receive_cash(work, own, counted_fen=counted, slip_ref=slip_ref)

    if await carried_out(database, actor, form, act):
        return see_other(request, "/finance/cash", said=msg("已清点接收。"))
    async with database.read(actor) as work:
        return await _show_court(request, work, form)


route_handlers = [case_cash, take, confirm, put_off, court_cash, receive]

"""The finance page of a court: bank lines, refunds, balances, the ledger of a lot."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.payments.bank_lines import line_for_update, open_lines
from auction.payments.match import assign_bank_line, return_bank_line
from auction.payments.models import BankLineState, PaymentOrderKind, PaymentOrderState
from auction.payments.queries import (
    awaited_balances,
    court_trial_balance,
    finance_tiles,
    lines_with_payers,
    lot_for_finance,
    lots_with_money,
    payment_orders,
    recent_lines,
)
from auction.payments.record_line import record_bank_line
from core.database import Database, Work
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, Role, may
from core.ledger import AccountKind
from core.ledger.queries import account_balances, entries_of
from disposal_teams.courts.queries import court_of
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.finance.statement import BadRow, line_of, read_statement
from web.forms import Form, query_form, read_form
from web.portal.words import WORDS
from web.rendering import page, see_other

MOST_BYTES = 2_000_000
LINE_LABELS = {
    BankLineState.NEW: msg("待匹配"),
    BankLineState.MATCHED: msg("已入账"),
    BankLineState.SUSPENDED: msg("待查"),
    BankLineState.RETURNED: msg("已退回"),
}
LINE_TAGS = {BankLineState.NEW: "info", BankLineState.MATCHED: "good", BankLineState.SUSPENDED: "warn"}
ORDER_LABELS = {
    PaymentOrderKind.DEPOSIT_REFUND: msg("退还保证金"),
    PaymentOrderKind.OVERPAYMENT_REFUND: msg("退还多付款"),
    PaymentOrderKind.UNMATCHED_RETURN: msg("退回待查款项"),
    PaymentOrderKind.PAYOUT: msg("发放案款"),
}
ORDER_STATES = {
    PaymentOrderState.DUE: msg("待支付"),
    PaymentOrderState.EXECUTED: msg("已支付"),
    PaymentOrderState.FAILED: msg("支付失败"),
}
ACCOUNT_LABELS = {
    AccountKind.BANK: msg("银行存款"),
    AccountKind.DEPOSIT_HELD: msg("竞买保证金"),
    AccountKind.DEPOSIT_FORFEITED: msg("不予退还的保证金"),
    AccountKind.PRICE_BALANCE: msg("成交价款"),
    AccountKind.TAX_PAYABLE: msg("应付税款"),
    AccountKind.COST_PAYABLE: msg("应付处置费用"),
    AccountKind.FEE_PAYABLE: msg("应付执行费"),
    AccountKind.RESERVED_FIRST_SEAL: msg("首封预留款"),
    AccountKind.ESCROW_DISPUTED: msg("争议提存款"),
    AccountKind.CREDITOR_PAYABLE: msg("应付债权人"),
    AccountKind.DEBTOR_SURPLUS: msg("应退被执行人余款"),
    AccountKind.UNCLAIMED: msg("待查款项"),
}


def _court_of(actor: Actor) -> str:
    if actor.court_code is None:
        raise NotFound(msg("您的账号没有关联法院，请联系管理员。"))
    return actor.court_code


async def _home(
    request: AnyRequest,
    work: Work,
    form: Form,
    *,
    bad_rows: list[BadRow] | None = None,
    checked: int | None = None,
) -> Response[Any]:
    code = _court_of(work.actor)
    search = query_form(request).text("q", required=False, longest=60)
    status = form.refused.status if form.refused else 422 if form.is_bad or bad_rows else 200
    return page(
        request,
        "finance/home.html",
        status=status,
        form=form,
        court=await court_of(work, code),
        tiles=await finance_tiles(work, code),
        open_lines=await lines_with_payers(work, await open_lines(work, code)),
        recent=await lines_with_payers(work, await recent_lines(work, code)),
        orders=await payment_orders(work, code),
        balances=await awaited_balances(work, code),
        lots=await lots_with_money(work, code, search=search),
        search=search,
        trial=await court_trial_balance(work, code),
        bad_rows=bad_rows or [],
        checked=checked,
        line_labels=LINE_LABELS,
        line_tags=LINE_TAGS,
        order_labels=ORDER_LABELS,
        order_states=ORDER_STATES,
        account_labels=ACCOUNT_LABELS,
        server_time=work.now,
        **WORDS,
    )


@get("/finance", include_in_schema=False)
async def finance_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The court's money at a glance."""
    actor = require_role(visitor, Role.FINANCE)
    async with database.read(actor) as work:
        return await _home(request, work, Form.blank())


@post("/finance/lines", include_in_schema=False)
async def record_line(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Record one credit by hand."""
    actor = require_role(visitor, Role.FINANCE)
    form = await read_form(request)
    async with database.read(actor) as work:
        line = line_of(form, work.now)
    if line is not None:
        try:
            async with database.begin(actor) as work:
                await record_bank_line(work, _court_of(actor), line)
            return see_other(
                request, "/finance", said=msg("流水 {reference} 已登记。", reference=line.reference)
            )
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await _home(request, work, form)


@post("/finance/lines/import", include_in_schema=False)
async def import_lines(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Take over a statement: all rows, or none when one is bad; or only check it."""
    actor = require_role(visitor, Role.FINANCE)
    form = await read_form(request)
    file = await form.upload("statement", most_bytes=MOST_BYTES)
    form.values.pop("statement", None)
    bad: list[BadRow] = []
    checked = None
    if file is not None:
        async with database.read(actor) as work:
            lines, bad = read_statement(file[1], now=work.now)
        if not bad and form.flag("dry_run"):
            checked = len(lines)
        elif not bad:
            place = 1
            try:
                async with database.begin(actor) as work:
                    for line in lines:
                        place += 1
                        await record_bank_line(work, _court_of(actor), line)
                return see_other(request, "/finance", said=msg("已导入 {count} 笔流水。", count=len(lines)))
            except DisposalError as error:
                bad = [BadRow(place, "", error.message)]
    async with database.read(actor) as work:
        return await _home(request, work, form, bad_rows=bad, checked=checked)


async def _own_line(work: Work, line_id: UUID) -> None:
    """Another court's line is as unknown as a missing one (P-03)."""
    line = await line_for_update(work, line_id)
    if not may(work.actor, Permission.RECORD_BANK_LINE, court_code=line.court_code):
        raise NotFound(msg("没有找到该笔银行流水。"), rule="P-03")


@post("/finance/lines/{line_id:uuid}/return", include_in_schema=False)
async def send_back(
    request: AnyRequest, database: Database, visitor: Visitor, line_id: UUID
) -> Response[Any]:
    """Send a suspended credit back."""
    actor = require_role(visitor, Role.FINANCE)
    async with database.begin(actor) as work:
        await _own_line(work, line_id)
        line = await return_bank_line(work, line_id)
    return see_other(
        request, "/finance", said=msg("流水 {reference} 将原路退回。", reference=line.bank_reference)
    )


@post("/finance/lines/{line_id:uuid}/assign", include_in_schema=False)
async def assign(request: AnyRequest, database: Database, visitor: Visitor, line_id: UUID) -> Response[Any]:
    """Book a suspended credit to the account that was meant."""
    actor = require_role(visitor, Role.FINANCE)
    form = await read_form(request)
    account_no = form.text("account_no", longest=32).replace(" ", "")
    if form.is_bad:
        raise InvalidInput(msg("请填写正确的收款账号。"), fields=form.errors)
    async with database.begin(actor) as work:
        await _own_line(work, line_id)
        line = await assign_bank_line(work, line_id, virtual_account_no=account_no)
    return see_other(
        request, "/finance", said=msg("流水 {reference} 已转入指定账号。", reference=line.bank_reference)
    )


@get("/finance/lots/{lot_no:str}", include_in_schema=False)
async def lot_ledger(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """The ledger of a lot, with the proof that every entry adds up to zero."""
    actor = require_role(visitor, Role.FINANCE)
    async with database.read(actor) as work:
        lot = await lot_for_finance(work, lot_no)
        entries = await entries_of(work, lot_id=lot.id)
        return page(
            request,
            "finance/lot.html",
            lot=lot,
            entries=entries,
            total_fen=sum(entry.amount_fen for entry in entries),
            accounts=await account_balances(work, lot_id=lot.id),
            account_labels=ACCOUNT_LABELS,
            server_time=work.now,
            **WORDS,
        )


route_handlers = [finance_page, record_line, import_lines, send_back, assign, lot_ledger]

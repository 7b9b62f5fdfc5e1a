"""The finance page of a court: bank lines, refunds, balances, the ledger of a lot."""

from typing import Any

from litestar import Response, get

from auction.loans.enter_loan import loans_of
from auction.payments.queries import (
    awaited_balances,
    court_trial_balance,
    finance_tiles,
    lines_with_payers,
    lot_for_finance,
    lots_with_money,
    open_lines_shown,
    payment_orders,
    recent_lines,
)
from auction.payments.reversal import reversals_of
from auction.payments.suspended import open_returns
from auction.reconciliation.reconcile import findings_of, history
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor, Role
from core.ledger.queries import account_balances, entries_of
from disposal_teams.courts.queries import court_of
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.finance.labels import (
    ACCOUNT_LABELS,
    FIELD_LABELS,
    LINE_LABELS,
    LINE_TAGS,
    ORDER_LABELS,
    ORDER_STATES,
    REVERSAL_STATES,
    SUGGESTIONS,
)
from web.finance.statement import BadRow
from web.forms import Form, query_form
from web.portal.words import WORDS
from web.rendering import page


def court_code_of(actor: Actor) -> str:
    """The court whose money the actor keeps."""
    if actor.court_code is None:
        raise NotFound(msg("您的账号没有关联法院，请联系管理员。"))
    return actor.court_code


async def show_home(
    request: AnyRequest,
    work: Work,
    form: Form,
    *,
    bad_rows: list[BadRow] | None = None,
    checked: int | None = None,
) -> Response[Any]:
    """The page, with what was typed and what was wrong with it."""
    code = court_code_of(work.actor)
    search = query_form(request).text("q", required=False, longest=60)
    status = form.status if form.refused or not bad_rows else 422
    runs = await history(work, code, limit=1)
    orders, balances = await payment_orders(work, code), await awaited_balances(work, code)
    return page(
        request,
        "finance/home.html",
        status=status,
        form=form,
        court=await court_of(work, code),
        tiles=await finance_tiles(work, code),
        returns=len(await open_returns(work, code)),
        differences=len(findings_of(runs[0])) if runs else None,
        open_lines=await open_lines_shown(work, code),
        recent=await lines_with_payers(work, await recent_lines(work, code)),
        orders=orders,
        reversals=await reversals_of(work, code),
        balances=balances,
        loans=await loans_of(work, [each.lot.id for each in balances]),
        late_orders=[each for each in orders if each.order.state == "due" and each.order.due_at <= work.now],
        lots=await lots_with_money(work, code, search=search),
        search=search,
        trial=await court_trial_balance(work, code),
        bad_rows=bad_rows or [],
        checked=checked,
        line_labels=LINE_LABELS,
        line_tags=LINE_TAGS,
        suggestions=SUGGESTIONS,
        order_labels=ORDER_LABELS,
        order_states=ORDER_STATES,
        reversal_states=REVERSAL_STATES,
        account_labels=ACCOUNT_LABELS,
        field_labels=FIELD_LABELS,
        server_time=work.now,
        **WORDS,
    )


@get("/finance", include_in_schema=False)
async def finance_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The court's money at a glance."""
    actor = require_role(visitor, Role.FINANCE)
    async with database.read(actor) as work:
        return await show_home(request, work, Form.blank())


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


route_handlers = [finance_page, lot_ledger]

"""The buyer and the balance: ask once for more time, and tell the court which bank will pay (B-70, B-76)."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, post

from auction.grace.ask import ask_grace
from auction.loans.enter_loan import enter_loan
from core.database import Database, Work
from core.i18n import Message, msg
from core.identity import Actor
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.portal.my import show_purchase
from web.rendering import see_other


@post("/my/purchases/{lot_no:str}/grace", include_in_schema=False)
async def ask_for_time(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Ask that the balance be due later."""
    actor = require_login(visitor)
    form = await read_form(request)
    until, reason = form.day("until"), form.text("reason", longest=1000, lines=True)

    async def ask(work: Work) -> None:
        assert until is not None
        await ask_grace(work, lot_no, until=until, reason=reason)

    said = msg("延期申请已提交。批准以前，原付款期限不变。")
    return await _do(request, database, actor, lot_no, form, ask, said)


@post("/my/purchases/{lot_no:str}/loan", include_in_schema=False)
async def tell_loan(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Enter the loan."""
    actor = require_login(visitor)
    form = await read_form(request)
    bank, approval_no = form.text("bank", longest=100), form.text("approval_no", longest=80)
    promised_on = form.day("promised_on")

    async def enter(work: Work) -> None:
        assert promised_on is not None
        await enter_loan(work, lot_no, bank=bank, approval_no=approval_no, promised_on=promised_on)

    said = msg("贷款信息已登记。付款期限不因贷款延长。")
    return await _do(request, database, actor, lot_no, form, enter, said)


async def _do(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    lot_no: str,
    form: Form,
    act: Callable[[Work], Awaitable[None]],
    said: Message,
) -> Response[Any]:
    if await carried_out(database, actor, form, act):
        return see_other(request, f"/my/purchases/{lot_no}", said=said)
    return await show_purchase(request, database, actor, lot_no, form)


route_handlers = [ask_for_time, tell_loan]

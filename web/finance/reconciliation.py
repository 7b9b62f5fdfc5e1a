"""The report of the reconciliation: whether statement and ledger agree, and what does not (M-11)."""

from typing import Any

from litestar import Response, get, post

from auction.payments.queries import open_lines_shown
from auction.reconciliation.reconcile import findings_of, history, reconcile, state_balance
from core.database import Database, Work
from core.errors import DisposalError
from core.i18n import msg
from core.identity import Role
from disposal_teams.courts.queries import court_of
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.finance.home import court_code_of
from web.finance.labels import FIELD_LABELS, FINDINGS, LINE_LABELS, LINE_TAGS, SUGGESTIONS
from web.forms import Form, read_form
from web.rendering import page, see_other

ADDRESS = "/finance/reconciliation"


async def _show(request: AnyRequest, work: Work, form: Form) -> Response[Any]:
    code = court_code_of(work.actor)
    runs = await history(work, code)
    return page(
        request,
        "finance/reconciliation.html",
        status=form.status,
        form=form,
        court=await court_of(work, code),
        newest=runs[0] if runs else None,
        findings=findings_of(runs[0]) if runs else [],
        runs=[(run, len(run.findings)) for run in runs],
        open_lines=await open_lines_shown(work, code),
        words=FINDINGS,
        line_labels=LINE_LABELS,
        line_tags=LINE_TAGS,
        suggestions=SUGGESTIONS,
        field_labels=FIELD_LABELS,
        server_time=work.now,
    )


@get(ADDRESS, include_in_schema=False)
async def report(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The newest result and the ones before."""
    actor = require_role(visitor, Role.FINANCE)
    async with database.read(actor) as work:
        return await _show(request, work, Form.blank())


@post(ADDRESS, include_in_schema=False)
async def compare_now(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Compare now instead of waiting for the next five minutes."""
    actor = require_role(visitor, Role.FINANCE)
    async with database.begin(actor) as work:
        run = await reconcile(work, court_code_of(actor))
    return see_other(
        request,
        ADDRESS,
        said=msg("对账完成，{count} 项需要处理。", count=len(run.findings)) if run.findings else msg("对账完成，全部相符。"),
    )  # fmt: skip


@post("/finance/balances", include_in_schema=False)
async def enter_balance(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Enter what the bank's own statement says."""
    actor = require_role(visitor, Role.FINANCE)
    form = await read_form(request)
    as_of, balance = form.moment("as_of"), form.yuan("balance")
    if not form.is_bad and as_of is not None:
        try:
            async with database.begin(actor) as work:
                await state_balance(work, court_code_of(actor), as_of=as_of, balance_fen=balance)
                await reconcile(work, court_code_of(actor))
            return see_other(request, ADDRESS, said=msg("对账单余额已登记，并已重新对账。"))
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await _show(request, work, form)


route_handlers = [report, compare_now, enter_balance]

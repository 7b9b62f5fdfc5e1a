"""Statement lines: recorded by hand, imported, proposed for return, booked to the account that was meant; orders tried again."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.payments.bank_lines import line_for_update
from auction.payments.orders import retry_order
from auction.payments.record_line import record_statement_line
from auction.payments.suspended import assign_bank_line, decide_return, open_returns, propose_return
from core.database import Database, Work
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import msg
from core.identity import Permission, Role, may
from core.legal_settings import legal
from disposal_teams.courts.queries import court_of
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.finance.home import court_code_of, show_home
from web.finance.labels import FIELD_LABELS
from web.finance.statement import BadRow, line_of, read_statement
from web.forms import Form, read_form
from web.rendering import page, see_other

MOST_BYTES = 2_000_000
RELEASERS = (Role.FINANCE, Role.BUREAU_DIRECTOR, Role.VICE_PRESIDENT, Role.PRESIDENT)


@post("/finance/lines", include_in_schema=False)
async def record_line(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Record one line by hand."""
    actor = require_role(visitor, Role.FINANCE)
    form = await read_form(request)
    async with database.read(actor) as work:
        line = line_of(form, work.now)
    if line is not None:
        try:
            async with database.begin(actor) as work:
                is_new = await record_statement_line(work, court_code_of(actor), line)
            said = (
                msg("流水 {reference} 已登记。", reference=line.reference)
                if is_new
                else msg("流水 {reference} 以前已经登记，没有重复入账。", reference=line.reference)
            )
            return see_other(request, "/finance", said=said)
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await show_home(request, work, form)


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
            place, new = 1, 0
            try:
                async with database.begin(actor) as work:
                    for line in lines:
                        place += 1
                        new += await record_statement_line(work, court_code_of(actor), line)
                said = (
                    msg("已导入 {count} 笔流水。", count=new)
                    if new == len(lines)
                    else msg(
                        "已导入 {count} 笔流水，另有 {known} 笔以前已经登记，没有重复入账。",
                        count=new,
                        known=len(lines) - new,
                    )
                )
                return see_other(request, "/finance", said=said)
            except DisposalError as error:
                bad = [BadRow(place, "", error.message)]
    async with database.read(actor) as work:
        return await show_home(request, work, form, bad_rows=bad, checked=checked)


async def _own_line(work: Work, line_id: UUID) -> None:
    """Another court's line is as unknown as a missing one (P-03)."""
    line = await line_for_update(work, line_id)
    if not may(work.actor, Permission.RECORD_BANK_LINE, court_code=line.court_code):
        raise NotFound(msg("没有找到该笔银行流水。"), rule="P-03")


@post("/finance/lines/{line_id:uuid}/return", include_in_schema=False)
async def propose(request: AnyRequest, database: Database, visitor: Visitor, line_id: UUID) -> Response[Any]:
    """Propose to send a suspended credit back (M-06)."""
    actor = require_role(visitor, Role.FINANCE)
    form = await read_form(request)
    reason = form.text("reason", longest=300)
    if form.is_bad:
        raise InvalidInput(msg("请写明退回理由。"), fields=form.errors, rule="M-06")
    async with database.begin(actor) as work:
        await _own_line(work, line_id)
        await propose_return(work, line_id, reason=reason)
    return see_other(request, "/finance", said=msg("已提出退回申请，须由另一人批准后付款。"))


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


@post("/finance/orders/{order_id:uuid}/retry", include_in_schema=False)
async def retry(request: AnyRequest, database: Database, visitor: Visitor, order_id: UUID) -> Response[Any]:
    """Try an order again that the bank refused."""
    actor = require_role(visitor, Role.FINANCE)
    async with database.begin(actor) as work:
        await retry_order(work, order_id)
    return see_other(request, "/finance", said=msg("已重新提交付款指令。"))


@get("/finance/returns", include_in_schema=False)
async def returns_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What waits for a second person (M-06)."""
    actor = require_role(visitor, *RELEASERS)
    async with database.read(actor) as work:
        return await _returns(request, work, Form.blank())


async def _returns(request: AnyRequest, work: Work, form: Form) -> Response[Any]:
    code = court_code_of(work.actor)
    return page(
        request,
        "finance/returns.html",
        status=form.status,
        form=form,
        court=await court_of(work, code),
        waiting=await open_returns(work, code),
        limit_fen=legal().return_tier_fen,
        field_labels=FIELD_LABELS,
        server_time=work.now,
    )


@post("/finance/returns/{proposal_id:uuid}", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, proposal_id: UUID
) -> Response[Any]:
    """Approve or decline a return."""
    actor = require_role(visitor, *RELEASERS)
    form = await read_form(request)
    approve = form.choice("decision", ("approve", "decline")) == "approve"
    note = form.text("note", required=False, longest=300)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await decide_return(work, proposal_id, approve=approve, note=note)
            said = msg("已批准，款项将原路退回。") if approve else msg("已退回申请人重新处理。")
            return see_other(request, "/finance/returns", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await _returns(request, work, form)


route_handlers = [record_line, import_lines, propose, assign, retry, returns_page, decide]

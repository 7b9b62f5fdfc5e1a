"""The desk of the risk role: ended lots with signals; one lot's signals, shown after a reason is given (P-01)."""

from typing import Any

from litestar import Response, get, post

from auction.listing.models import Lot
from auction.risk_signals.decide_signal import ask_inquiry, dismiss_signal
from auction.risk_signals.look import current_look, open_look, risk_file, risk_lot
from auction.risk_signals.models import SignalState
from auction.risk_signals.queries import inquiries, lots_with_signals
from auction.risk_signals.words import EXPLAINED, FIGURES, INQUIRY_LABELS, STATE_LABELS, STRENGTH_LABELS
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Role
from core.identity.models import Account
from core.legal_settings import legal
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.portal.words import WORDS
from web.rendering import page, see_other

STRENGTH_TAGS = {"strong": "bad", "medium": "warn", "weak": ""}
STATE_TAGS = {"open": "warn", "under_inquiry": "info", "confirmed": "bad", "dismissed": ""}


@get("/risk", include_in_schema=False)
async def risk_home(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Ended lots with something to look at. That is all the list tells."""
    actor = require_role(visitor, Role.RISK_OFFICER)
    shows_all = query_form(request).value("show") == "all"
    async with database.read(actor) as work:
        rows = await lots_with_signals(work, only_open=not shows_all)
        asked = await inquiries(work, limit=20)
    return page(
        request,
        "risk/home.html",
        rows=rows,
        shows_all=shows_all,
        inquiries=asked,
        inquiry_labels=INQUIRY_LABELS,
        **WORDS,
    )


async def _show(request: AnyRequest, work: Work, lot: Lot, form: Form) -> Response[Any]:
    look = await current_look(work, lot)
    context: dict[str, Any] = {"lot": lot, "look": look, "file": None, "minutes": legal().risk_look_minutes}
    if look is not None:
        file = await risk_file(work, lot)
        people = {each.decided_by for each in file.signals} | {each.account_id for each in file.looks}
        accounts = [await work.session.get(Account, person) for person in people if person is not None]
        context |= {
            "file": file,
            "open_signals": [each for each in file.signals if each.state == SignalState.OPEN],
            "names": {account.id: account.display_name for account in accounts if account is not None},
        }
    return page(
        request,
        "risk/lot.html",
        status=form.status,
        form=form,
        explained=EXPLAINED,
        figure_labels=FIGURES,
        strength_labels=STRENGTH_LABELS,
        strength_tags=STRENGTH_TAGS,
        signal_labels=STATE_LABELS,
        signal_tags=STATE_TAGS,
        inquiry_labels=INQUIRY_LABELS,
        server_time=work.now,
        **context,
        **WORDS,
    )


@get("/risk/lots/{lot_no:str}", include_in_schema=False)
async def show_signals(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """The form for the reason; with a look that lasts, the signals."""
    actor = require_role(visitor, Role.RISK_OFFICER)
    async with database.read(actor) as work:
        return await _show(request, work, await risk_lot(work, lot_no), Form.blank())


@post("/risk/lots/{lot_no:str}/look", include_in_schema=False)
async def look(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Begin to look."""
    actor = require_role(visitor, Role.RISK_OFFICER)
    form = await read_form(request)
    try:
        async with database.begin(actor) as work:
            await open_look(work, await risk_lot(work, lot_no), reason=form.text("reason", longest=300))
    except NotFound:
        raise
    except DisposalError as error:
        return await _refused(request, database, visitor, lot_no, form, error)
    return see_other(request, f"/risk/lots/{lot_no}")


@post("/risk/lots/{lot_no:str}/decide", include_in_schema=False)
async def decide(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Dismiss one signal, or ask for an inquiry into several."""
    actor = require_role(visitor, Role.RISK_OFFICER)
    form = await read_form(request)
    reason = form.text("reason", longest=1000, lines=True)
    chosen = form.identifiers("signal")
    try:
        if form.is_bad:
            return await _refused(request, database, visitor, lot_no, form, None)
        async with database.begin(actor) as work:
            lot = await risk_lot(work, lot_no)
            if form.value("act") == "inquire":
                inquiry = await ask_inquiry(work, lot, chosen, reason=reason)
                address, said = f"/risk/inquiries/{inquiry.id}", msg("调查申请已提交，等待另一名负责人审批。")
            else:
                for signal_id in chosen:
                    await dismiss_signal(work, lot, signal_id, reason=reason)
                address, said = f"/risk/lots/{lot_no}", msg("已排除所选线索，理由已记录。")
    except DisposalError as error:
        return await _refused(request, database, visitor, lot_no, form, error)
    return see_other(request, address, said=said)


async def _refused(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    lot_no: str,
    form: Form,
    error: DisposalError | None,
) -> Response[Any]:
    if error is not None:
        form.refuse(error)
    async with database.read(visitor.actor) as work:
        return await _show(request, work, await risk_lot(work, lot_no), form)


route_handlers = [risk_home, show_signals, look, decide]

"""The bidder's ceiling on the lot's pages: what it does, set or change it, withdraw it. Works as plain forms."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post

from auction.bidding.queries import bidding_view, public_lot_id
from auction.ceilings.queries import own_ceiling
from auction.ceilings.set_ceiling import set_ceiling, withdraw_ceiling
from auction.listing.queries import lot_by_number
from core.database import Database
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import msg
from web.access.footprint import note_place
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other

WITHDRAWN = msg("委托限价已撤回，系统不再代您加价；已经代您作出的出价仍然有效。")


@get("/lots/{lot_no:str}/ceiling", include_in_schema=False)
async def ceiling_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """What a ceiling does, in plain words, with the bidding panel and in it the reader's own."""
    return await _show(request, database, visitor, lot_no)


async def _show(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    lot_no: str,
    *,
    form: Form | None = None,
    problem: DisposalError | None = None,
) -> Response[Any]:
    async with database.read(visitor.actor) as work:
        lot_id = await public_lot_id(work, lot_no)
        lot = await lot_by_number(work, lot_no)
        view, ceiling = await bidding_view(work, lot_id), await own_ceiling(work, lot_id)
        now = work.now
    if lot is None or view is None:
        raise NotFound(msg("没有这个标的，或它尚未公告。"))
    return page(
        request,
        "live/ceiling.html",
        status=200 if problem is None else problem.status,
        lot_no=lot_no,
        title=lot.title,
        view=view,
        ceiling=ceiling,
        form=form,
        problem=problem,
        server_time=now,
    )


@post("/lots/{lot_no:str}/ceiling", include_in_schema=False, status_code=200)
async def set_from_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Set a ceiling, or another in its place; a refusal says why and keeps what was typed."""
    received_at = datetime.now(UTC)
    actor = require_login(visitor)
    form = await read_form(request)
    limit = form.yuan("limit", least_fen=1)
    if form.is_bad:
        wrong = InvalidInput(form.errors["limit"], fields=form.errors, rule="B-40")
        return await _show(request, database, visitor, lot_no, form=form, problem=wrong)
    try:
        async with database.begin(actor) as work:
            lot_id = await public_lot_id(work, lot_no)
            receipt = await set_ceiling(
                work, lot_id, limit, idempotency_key=form.once(), received_at=received_at
            )
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
        return await _show(request, database, visitor, lot_no, form=form, problem=error)
    note_place(request, actor, lot_id)
    return see_other(request, f"/lots/{lot_no}", said=receipt.words)


@post("/lots/{lot_no:str}/ceiling/withdraw", include_in_schema=False, status_code=200)
async def withdraw_from_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Take the own ceiling back."""
    received_at = datetime.now(UTC)
    actor = require_login(visitor)
    form = await read_form(request)
    try:
        async with database.begin(actor) as work:
            lot_id = await public_lot_id(work, lot_no)
            await withdraw_ceiling(work, lot_id, idempotency_key=form.once(), received_at=received_at)
    except NotFound:
        raise
    except DisposalError as error:
        return await _show(request, database, visitor, lot_no, problem=error)
    return see_other(
        request,
        f"/lots/{lot_no}",
        said=WITHDRAWN,
    )


route_handlers = [ceiling_page, set_from_page, withdraw_from_page]

"""A lot while it is bid for: the panel, the bid form, the public log."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import MediaType, Response, get, post

from auction.bidding.models import BidOutcome
from auction.bidding.place_bid import place_bid
from auction.bidding.published_log import public_log
from auction.bidding.queries import bidding_view, looks_like_a_slip, public_lot_id
from auction.bidding.slips import nearest_steps
from auction.ceilings.queries import own_ceiling
from core.database import Database
from core.errors import DisposalError
from core.i18n import msg
from web.access.footprint import note_place
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.rendering import page, see_other

PANEL = "live/bidding_panel.html"


@get("/lots/{lot_no:str}/panel", include_in_schema=False)
async def lot_panel(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """The bidding panel alone, for replacing it in the open page."""
    async with database.read(visitor.actor) as work:
        lot_id = await public_lot_id(work, lot_no)
        view = await bidding_view(work, lot_id)
        ceiling = await own_ceiling(work, lot_id)
    return page(request, PANEL, view=view, ceiling=ceiling)


@post("/lots/{lot_no:str}/bid", include_in_schema=False, status_code=200)
async def bid_from_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """A bid from the form: decided, committed, and answered with its receipt; a refusal keeps what was typed.

    One far above what it takes is sent only when its bidder has confirmed this very amount.
    """
    received_at = datetime.now(UTC)
    actor = require_login(visitor)
    form = await read_form(request)
    amount = form.yuan("amount")
    async with database.read(actor) as work:
        lot_id = await public_lot_id(work, lot_no)
        in_doubt = (
            not form.is_bad
            and form.text("confirmed", required=False) != str(amount)
            and await looks_like_a_slip(work, lot_id, amount)
        )
    receipt, problem, status = None, None, 422
    if not form.is_bad and not in_doubt:
        try:
            receipt = await place_bid(request.app.state.desk, actor, lot_id, amount, form.once(), received_at)
            note_place(request, actor, lot_id)
            status = 200 if receipt.accepted else 409
        except DisposalError as error:
            problem, status = error, error.status
    elif not in_doubt:
        problem = DisposalError(form.errors.get("amount") or msg("请填写出价金额。"))
    async with database.read(actor) as work:
        view = await bidding_view(work, lot_id)
        ceiling = await own_ceiling(work, lot_id)
        now = work.now
    if receipt is not None and receipt.accepted:
        return see_other(request, f"/lots/{lot_no}", said=receipt.words)
    return page(
        request,
        "live/bid_result.html",
        status=status,
        lot_no=lot_no,
        view=view,
        ceiling=ceiling,
        receipt=receipt,
        problem=problem,
        doubted=amount if in_doubt else None,
        steps=nearest_steps(
            amount,
            starting_fen=view.starting_price_fen,
            increment_fen=view.increment_fen,
            lowest_fen=view.next_amount_fen,
        )
        if receipt is not None and view is not None and receipt.outcome is BidOutcome.BAD_STEP
        else (),
        form=form,
        clock=request.app.state.desk.clock,
        server_time=now,
    )


@get("/lots/{lot_no:str}/log.json", include_in_schema=False, media_type=MediaType.JSON)
async def lot_log(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[bytes]:
    """The whole public log, for `disposal verify log` and for anybody's own check (B-42)."""
    async with database.read(visitor.actor) as work:
        log = await public_log(work, lot_no, request.app.state.desk.key)
    return Response(
        msgspec.json.encode(log), media_type=MediaType.JSON, headers={"cache-control": "no-store"}
    )


route_handlers = [lot_panel, bid_from_page, lot_log]

"""The practice lot: begin a round, bid by hand or by a ceiling, follow it live, and see afterwards what it would have meant."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.types import ASGIApp

from auction.bidding.place_bid import check_request
from auction.bidding.receipts import BidReceipt
from auction.practice import rules
from auction.practice.ceilings import (
    check_not_used_up,
    practice_receipt,
    set_practice_ceiling,
    withdraw_practice_ceiling,
)
from auction.practice.coach import hints, review
from auction.practice.ground import PracticeGround
from auction.practice.rounds import PracticeRound, newest_round, newest_round_id, open_round
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import msg
from core.identity import ANONYMOUS, SYSTEM
from web.access.visitor import AnyRequest
from web.forms import Form, read_form
from web.live.ceiling import WITHDRAWN
from web.live.hub import LiveHub
from web.live.stream import EventStream
from web.portal.my_bids import receipt_download, told
from web.practice.guest import BIDS, STARTS, TooOften, address_of, guest_of, remember, welcome
from web.rendering import page, see_other

HOME = "/practice"
MOST_STREAMS, MOST_STREAMS_OF_ALL = 4, 400


@get(HOME, include_in_schema=False)
async def practice_page(request: AnyRequest) -> Response[Any]:
    """The person's newest round, or what there is to try."""
    practice = await _own_round(request)
    return _shown(request, practice)


@post("/practice/start", include_in_schema=False)
async def start(request: AnyRequest) -> Response[Any]:
    """Enter a new round and pay the play deposit, in one click."""
    STARTS.admit(address_of(request))
    visitor, ground = welcome(request), _ground(request)
    async with ground.database.begin(SYSTEM) as work:
        await open_round(work, visitor, most_at_once=request.app.state.settings.practice_rounds)
    ground.wake()
    response = see_other(
        request, HOME, said=msg("练习保证金已冻结（不是真钱），您取得了竞买资格，现在就可以出价。")
    )
    remember(request, response, visitor)
    return response


@post("/practice/bid", include_in_schema=False, status_code=200)
async def bid(request: AnyRequest) -> Response[Any]:
    """A bid for play money, decided by the bidding engine; a refusal is explained and keeps what was typed."""
    received_at = datetime.now(UTC)
    form = await read_form(request)
    amount, key = form.yuan("amount"), form.once()
    practice = await _round_to_bid_in(request)
    if form.is_bad:
        problem = DisposalError(form.errors.get("amount") or msg("请填写出价金额。"))
        return _shown(request, practice, form=form, problem=problem, status=422)
    try:
        receipt = await _decided(_ground(request), practice, amount, key, received_at)
    except DisposalError as error:
        return _shown(request, practice, form=form, problem=error, status=error.status)
    if receipt.accepted:
        return see_other(request, HOME, said=receipt.words)
    return _shown(request, await _own_round(request), form=form, receipt=receipt, status=409)


async def _decided(
    ground: PracticeGround, practice: PracticeRound, amount: int, key: str, received_at: datetime
) -> BidReceipt:
    BIDS.admit(str(practice.visitor_id))
    check_request(amount, key)
    check_not_used_up(practice)
    return await ground.desk.submit(practice.lot.id, practice.visitor_id, amount, key, received_at)


@post("/practice/ceiling", include_in_schema=False, status_code=200)
async def set_own_ceiling(request: AnyRequest) -> Response[Any]:
    """A ceiling for play money, up to which the engine raises for the person; a refusal keeps what was typed."""
    received_at = datetime.now(UTC)
    form = await read_form(request)
    limit, key = form.yuan("limit", least_fen=1), form.once()
    practice, ground = await _round_to_bid_in(request), _ground(request)
    if form.is_bad:
        wrong = InvalidInput(form.errors["limit"], fields=form.errors, rule="B-40")
        return _shown(request, practice, form=form, problem=wrong, about_ceiling=True, status=wrong.status)
    try:
        BIDS.admit(str(practice.visitor_id))
        async with ground.database.begin(SYSTEM) as work:
            receipt = await set_practice_ceiling(
                work, practice, limit, idempotency_key=key, received_at=received_at, key=ground.desk.key
            )
    except DisposalError as error:
        form.refuse(error)
        return _shown(request, practice, form=form, problem=error, about_ceiling=True, status=error.status)
    return see_other(request, HOME, said=receipt.words)


@post("/practice/ceiling/withdraw", include_in_schema=False, status_code=200)
async def withdraw_own_ceiling(request: AnyRequest) -> Response[Any]:
    """Take the ceiling back; what it has bid stands."""
    received_at = datetime.now(UTC)
    form = await read_form(request)
    practice, ground = await _round_to_bid_in(request), _ground(request)
    try:
        BIDS.admit(str(practice.visitor_id))
        async with ground.database.begin(SYSTEM) as work:
            await withdraw_practice_ceiling(
                work, practice, idempotency_key=form.once(), received_at=received_at, key=ground.desk.key
            )
    except DisposalError as error:
        return _shown(request, practice, problem=error, about_ceiling=True, status=error.status)
    return see_other(request, HOME, said=WITHDRAWN)


@get("/practice/bids/{seq:int}/receipt.json", include_in_schema=False)
async def receipt_file(request: AnyRequest, seq: int) -> Response[bytes]:
    """The receipt of a record of the person's own, as a real sale gives it, signed with the practice key."""
    practice, ground = await _own_round(request), _ground(request)
    if practice is None:
        raise _no_round()
    async with ground.database.read(ANONYMOUS) as work:
        file = await practice_receipt(work, practice, seq, ground.desk.key)
    return receipt_download(file)


@get("/practice/panel", include_in_schema=False)
async def panel(request: AnyRequest) -> Response[Any]:
    """Hints, bidding panel and what followed, for replacing them in the open page."""
    practice = await _own_round(request)
    if practice is None:
        raise _no_round()
    return _shown(request, practice, template="practice/round.html")


@get("/practice/live", include_in_schema=False)
async def stream(request: AnyRequest) -> ASGIApp:
    """The live stream of the person's newest round."""
    live: LiveHub = request.app.state.practice_live
    visitor = guest_of(request)
    lot_id = None
    if visitor is not None:
        async with _ground(request).database.read(ANONYMOUS) as work:
            lot_id = await newest_round_id(work, visitor)
    if lot_id is None:
        raise _no_round()
    of_this, of_all = live.watching(lot_id)
    if of_this >= MOST_STREAMS or of_all >= MOST_STREAMS_OF_ALL:
        raise TooOften
    live.start_once()
    return EventStream(live.stream(lot_id))


def _ground(request: AnyRequest) -> PracticeGround:
    ground: PracticeGround = request.app.state.practice
    return ground


def _no_round() -> NotFound:
    return NotFound(msg("您没有正在进行的练习。"))


async def _round_to_bid_in(request: AnyRequest) -> PracticeRound:
    practice = await _own_round(request)
    if practice is None:
        raise NotFound(msg("您的练习已经过期，请重新开始一场。"))
    return practice


async def _own_round(request: AnyRequest) -> PracticeRound | None:
    visitor = guest_of(request)
    if visitor is None:
        return None
    ground = _ground(request)
    async with ground.database.read(ANONYMOUS) as work:
        practice = await newest_round(work, visitor)
    if practice is not None and practice.view.phase == "open":
        ground.wake()
    return practice


def _shown(
    request: AnyRequest,
    practice: PracticeRound | None,
    *,
    template: str = "practice/practice.html",
    form: Form | None = None,
    receipt: BidReceipt | None = None,
    problem: DisposalError | None = None,
    about_ceiling: bool = False,
    status: int = 200,
) -> Response[Any]:
    return page(
        request,
        template,
        status=status,
        practice=practice,
        view=practice and practice.view,
        bid_path=HOME,
        ceiling=practice and practice.ceiling,
        records=[told(bid) for bid in reversed(practice.own_records)] if practice else [],
        hints=hints(practice) if practice else [],
        review=review(practice) if practice and practice.is_over else [],
        receipt=receipt,
        problem=problem,
        about_ceiling=about_ceiling,
        form=form,
        clock=None,
        terms=rules,
        server_time=practice.view.server_time if practice else datetime.now(UTC),
    )


route_handlers = [
    practice_page,
    start,
    bid,
    set_own_ceiling,
    withdraw_own_ceiling,
    receipt_file,
    panel,
    stream,
]

"""Register for a lot: the rules of bidding, the deposit and where to pay it."""

from typing import Any

from litestar import Response, get, post

from auction.listing.models import PUBLIC_STATES, Lot, LotBidding, LotState, Round
from auction.listing.queries import lot_by_number
from auction.registration.models import Registration
from auction.registration.register import own_registration, register_for_lot
from auction.registration.rules import REGISTRABLE, deposit_due_fen
from auction.risk_signals.traces import note_footprint
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Permission, require
from core.identity.models import Account
from core.legal_settings import legal
from disposal_teams.courts.queries import court_of
from web.access.footprint import footprint_of, give_mark, mark_device
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.demo_bank import pay_in_demo
from web.portal.words import WORDS
from web.rendering import page, see_other


async def _public_lot(work: Work, lot_no: str) -> Lot:
    lot = await lot_by_number(work, lot_no)
    if lot is None or LotState(lot.state) not in PUBLIC_STATES:
        raise NotFound(msg("没有找到该拍品。"))
    return lot


async def _show(request: AnyRequest, work: Work, lot: Lot, form: Form) -> Response[Any]:
    actor = work.actor
    account = await work.session.get(Account, actor.account_id) if actor.account_id else None
    bidding = await work.session.get(LotBidding, lot.id)
    registration = await own_registration(work, lot.id)
    is_open = LotState(lot.state) in REGISTRABLE and (bidding is None or not bidding.is_over(work.now))
    return page(
        request,
        "registration/register.html",
        status=form.refused.status if form.refused else 422 if form.is_bad else 200,
        form=form,
        lot=lot,
        bidding=bidding,
        court=await court_of(work, lot.court_code),
        registration=registration,
        missing_fen=registration.deposit_due_fen - registration.deposit_paid_fen if registration else 0,
        is_confirmed=account is not None and account.identity_verified_at is not None,
        is_open=is_open,
        due_fen=deposit_due_fen(
            deposit_fen=lot.deposit_fen,
            starting_price_fen=lot.starting_price_fen,
            round_=Round(lot.round),
            is_applicant=False,
            claim_fen=0,
        ),
        trace_days=legal().risk_trace_days,
        server_time=work.now,
        **WORDS,
    )


@get("/lots/{lot_no:str}/register", include_in_schema=False)
async def register_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """The rules and the box to tick; for who has registered, the account to pay into."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        return await _show(request, work, await _public_lot(work, lot_no), Form.blank())


@post("/lots/{lot_no:str}/register", include_in_schema=False)
async def register(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Register. Doing it twice shows the entry that stands."""
    actor = require_login(visitor)
    form = await read_form(request)
    accepts = form.flag("accept")
    device, is_new_device = mark_device(request)
    try:
        async with database.begin(actor) as work:
            lot = await _public_lot(work, lot_no)
            entry = await register_for_lot(work, lot.id, accepts_rules=accepts)
            await note_footprint(work, entry.id, footprint_of(request, device=device))
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
        async with database.read(actor) as work:
            return await _show(request, work, await _public_lot(work, lot_no), form)
    response = see_other(request, f"/lots/{lot_no}/register", said=msg("报名已受理，请支付保证金。"))
    if is_new_device:
        give_mark(request, response, device)
    return response


@post("/lots/{lot_no:str}/demo-payment", include_in_schema=False)
async def pay_deposit(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Demo only: the deposit arrives from the own account."""
    actor = require_login(visitor)
    require(actor, Permission.REGISTER_TO_BID)
    async with database.read(actor) as work:
        lot = await _public_lot(work, lot_no)
        registration: Registration | None = await own_registration(work, lot.id)
    if registration is None:
        raise NotFound(msg("您尚未报名该标的物。"))
    await pay_in_demo(
        database,
        request.app.state.settings,
        actor,
        owner_id=registration.id,
        court_code=lot.court_code,
        account_no=registration.virtual_account_no,
        amount_fen=registration.deposit_due_fen - registration.deposit_paid_fen,
    )
    return see_other(
        request, f"/lots/{lot_no}/register", said=msg("演示付款已提交，银行入账后自动确认，通常只需几秒。")
    )


route_handlers = [register_page, register, pay_deposit]

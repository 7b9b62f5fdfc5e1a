"""Register for a lot: for whom, check what was entered, accept the rules; and the page of the entry that then stands."""

from typing import Any

from litestar import Response, get, post

from auction.agents.models import AppointmentState
from auction.agents.papers import newest_of_entry
from auction.barred.rules import BarredBidder
from auction.listing.models import PUBLIC_STATES, Lot, LotBidding, LotState, Round
from auction.listing.queries import lot_by_number, notice_versions
from auction.payments.bank import BANKS
from auction.payments.models import MoneyChannel
from auction.payments.queries import unbooked_lines
from auction.priority.claims import own_claim
from auction.purchase_limits.proofs import limit_of_lot
from auction.purchase_limits.rules import FAKE_CONSEQUENCE, check_statement
from auction.registration.buyers import buyers_of
from auction.registration.identity import CoBuyer, open_seal
from auction.registration.models import DepositState, DepositWay, Registration, RegistrationState
from auction.registration.real_name import own_identity
from auction.registration.register import note_barred, own_registration, register_for_lot
from auction.registration.rules import (
    LEFT,
    REGISTRABLE,
    check_agent_in_time,
    check_buyers,
    deposit_due_fen,
)
from auction.risk_signals.traces import note_footprint
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Permission, require
from core.identity.models import Account
from core.identity_number import masked_number
from core.legal_settings import legal
from disposal_teams.courts.queries import court_of
from web.access.footprint import footprint_of, give_mark, mark_device
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.portal.entry_form import (
    FIELD_LABELS,
    FOR_WHOM,
    KINDS,
    WAYS,
    ForWhom,
    kept,
    read_for_whom,
    read_on_behalf,
    read_people,
    read_purchase,
    read_way,
)
from web.portal.entry_words import DEPOSIT_LABELS, DEPOSIT_TAGS, next_step, steps_of
from web.portal.words import WORDS
from web.rendering import page, see_other

WITHDRAWABLE = frozenset({LotState.PUBLISHED, LotState.PAUSED})


async def public_lot(work: Work, lot_no: str) -> Lot:
    """A published lot. Raises `NotFound`."""
    lot = await lot_by_number(work, lot_no)
    if lot is None or LotState(lot.state) not in PUBLIC_STATES:
        raise NotFound(msg("没有找到该拍品。"))
    return lot


def freeze_is_offered(request: AnyRequest) -> bool:
    """Whether deposits can be frozen here: by law and setting (B-30), and by a service that does it."""
    has_service = request.app.state.settings.demo or MoneyChannel.PLATFORM in BANKS
    return legal().deposit_freeze and has_service


async def show_entry(request: AnyRequest, work: Work, lot: Lot, form: Form) -> Response[Any]:
    """The form to register, or the entry that stands, with what was typed and refused."""
    registration = await own_registration(work, lot.id)
    bidding = await work.session.get(LotBidding, lot.id)
    is_open = LotState(lot.state) in REGISTRABLE and (bidding is None or not bidding.is_over(work.now))
    status = form.status
    may_reenter = (
        registration is not None
        and registration.state == RegistrationState.WITHDRAWN
        and registration.deposit_state != DepositState.REFUND_DUE
    )
    context: dict[str, Any] = {
        "form": form,
        "lot": lot,
        "bidding": bidding,
        "court": await court_of(work, lot.court_code),
        "is_open": is_open,
        "due_fen": _usual_due(lot),
        "field_labels": FIELD_LABELS,
        "trace_days": legal().risk_trace_days,
        "server_time": work.now,
        **WORDS,
    }
    if registration is not None and not (may_reenter and is_open):
        return page(
            request,
            "registration/entry.html",
            status=status,
            **context,
            **await _entry(request, work, lot, registration),
        )
    account = await work.session.get(Account, work.actor.account_id) if work.actor.account_id else None
    begun = bidding is not None and work.now >= bidding.starts_at
    for_whom = ForWhom.SELF if begun else read_for_whom(form)
    people = read_people(form, most=legal().most_joint_buyers)
    for name in ("way", *(f"kind{place}" for place in range(1, people + 1))):
        form.values.setdefault(name, "transfer" if name == "way" else "person")
    return page(
        request,
        "registration/register.html",
        status=status,
        **context,
        is_confirmed=account is not None and account.identity_verified_at is not None,
        withdrawn=registration,
        begun=begun,
        for_whom=for_whom,
        for_whom_words=FOR_WHOM,
        ways=WAYS if freeze_is_offered(request) else {},
        person_kinds=KINDS,
        people=people,
        most_people=legal().most_joint_buyers - (for_whom is ForWhom.TOGETHER),
        limit=await limit_of_lot(work, lot),
        fake=FAKE_CONSEQUENCE,
        claim_hours=legal().priority_claim_hours,
    )


def _usual_due(lot: Lot) -> int:
    return deposit_due_fen(
        deposit_fen=lot.deposit_fen,
        starting_price_fen=lot.starting_price_fen,
        round_=Round(lot.round),
        is_applicant=False,
        claim_fen=0,
    )


async def _entry(request: AnyRequest, work: Work, lot: Lot, registration: Registration) -> dict[str, Any]:
    """What the page of an entry shows beside the lot: to its own person only."""
    bidding = await work.session.get(LotBidding, lot.id)
    appointment = await newest_of_entry(work, registration) if registration.agent_sealed else None
    papers_wait = appointment is not None and appointment.state == AppointmentState.SUBMITTED
    starts_at = bidding.starts_at if bidding else lot.starts_at
    return {
        "registration": registration,
        "buyers": open_seal(registration).buyers,
        "appointment": appointment,
        "papers_wait": papers_wait,
        "claim": await own_claim(work, lot.id),
        "unbooked": await unbooked_lines(work, registration),
        "missing_fen": max(0, registration.deposit_due_fen - registration.deposit_paid_fen),
        "left": registration.state in LEFT,
        "may_withdraw": registration.state not in LEFT
        and LotState(lot.state) in WITHDRAWABLE
        and (starts_at is None or work.now < starts_at),
        "step": next_step(registration, lot, bidding, papers_wait=papers_wait),
        "steps": steps_of(registration, lot),
        "masked_number": masked_number,
        "deposit_labels": DEPOSIT_LABELS,
        "deposit_tags": DEPOSIT_TAGS,
        "way": WAYS[DepositWay(registration.deposit_way)],
        "frozen_way": registration.deposit_way == DepositWay.FREEZE,
    }


@get("/lots/{lot_no:str}/register", include_in_schema=False)
async def register_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """For whom and how; for who has registered, how far the entry is."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        return await show_entry(request, work, await public_lot(work, lot_no), query_form(request))


@post("/lots/{lot_no:str}/register/check", include_in_schema=False, status_code=200)
async def check_answers(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """What was entered, once more, with the rules and the deposit, before it counts."""
    actor = require_login(visitor)
    require(actor, Permission.REGISTER_TO_BID)
    form = await read_form(request)
    async with database.read(actor) as work:
        lot = await public_lot(work, lot_no)
        if form.flag("edit"):
            form.errors.clear()
            return await show_entry(request, work, lot, form)
        return await _check(request, work, lot, form)


async def _check(request: AnyRequest, work: Work, lot: Lot, form: Form) -> Response[Any]:
    """The page to check what was entered; the form again with what cannot stand; the entry when there is one."""
    standing = await own_registration(work, lot.id)
    if standing is not None and standing.state != RegistrationState.WITHDRAWN:
        return await show_entry(request, work, lot, form)
    on_behalf = read_on_behalf(form, most=legal().most_joint_buyers)
    way, purchase = read_way(form), read_purchase(form)
    account = await work.session.get_one(Account, work.actor.account_id)
    bidding = await work.session.get(LotBidding, lot.id)
    limit = await limit_of_lot(work, lot)
    buyers: tuple[CoBuyer, ...] = ()
    if form.errors.keys() <= {"accept"}:
        try:
            name, number = own_identity(account)
            buyers = buyers_of(on_behalf, own_name=name, own_number=number)
            if on_behalf is not None:
                check_agent_in_time(is_contested=bidding is not None and bidding.is_contested(work.now))
                numbers = [each.number for each in buyers]
                check_buyers(numbers, own_number=number, most=legal().most_joint_buyers)
            check_statement(limit, purchase)
        except DisposalError as error:
            form.refuse(error)
    if form.refused or not form.errors.keys() <= {"accept"}:
        return await show_entry(request, work, lot, form)
    versions = await notice_versions(work, lot.id)
    return page(
        request,
        "registration/check.html",
        status=422 if form.is_bad else 200,
        form=form,
        lot=lot,
        bidding=bidding,
        court=await court_of(work, lot.court_code),
        buyers=buyers,
        on_behalf=on_behalf,
        for_whom=FOR_WHOM[read_for_whom(form)],
        way=WAYS[way],
        limit=limit,
        purchase=purchase,
        fake=FAKE_CONSEQUENCE,
        due_fen=_usual_due(lot),
        kept=kept(form),
        version=versions[-1] if versions else None,
        masked_number=masked_number,
        field_labels=FIELD_LABELS,
        trace_days=legal().risk_trace_days,
        server_time=work.now,
        **WORDS,
    )


@post("/lots/{lot_no:str}/register", include_in_schema=False)
async def register(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Register. Doing it twice shows the entry that stands."""
    actor = require_login(visitor)
    form = await read_form(request)
    on_behalf = read_on_behalf(form, most=legal().most_joint_buyers)
    way, purchase = read_way(form), read_purchase(form)
    if not form.flag("accept"):
        form.errors["accept"] = msg("请勾选确认已阅读并接受竞买须知。")
    if form.is_bad:
        async with database.read(actor) as work:
            return await _check(request, work, await public_lot(work, lot_no), form)
    device, is_new_device = mark_device(request)
    try:
        async with database.begin(actor) as work:
            lot = await public_lot(work, lot_no)
            entry = await register_for_lot(
                work,
                lot.id,
                accepts_rules=True,
                on_behalf=on_behalf,
                purchase=purchase,
                deposit_way=way if freeze_is_offered(request) else DepositWay.TRANSFER,
            )
            await note_footprint(work, entry.id, footprint_of(request, device=device))
    except NotFound:
        raise
    except DisposalError as error:
        if isinstance(error, BarredBidder):
            async with database.begin(actor) as work:
                await note_barred(work, error)
        form.refuse(error)
        async with database.read(actor) as work:
            return await show_entry(request, work, await public_lot(work, lot_no), form)
    said = msg("报名已受理，请支付保证金。")
    if entry.state == RegistrationState.AGENT_CHECK:
        said = msg("报名已受理，请在开拍前提交委托材料。")
    elif entry.state == RegistrationState.QUALIFIED:
        said = msg("报名成功，您已取得竞买资格。")
    response = see_other(request, f"/lots/{lot_no}/register", said=said)
    if is_new_device:
        give_mark(request, response, device)
    return response


route_handlers = [register_page, check_answers, register]

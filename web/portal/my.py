"""A bidder's own page: identity, registrations, purchases, notices."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.agents.models import AppointmentState
from auction.agents.papers import newest_of_entry
from auction.bidding.own_entries import OwnEntry, own_entries
from auction.delivery.files import file_for_buyer, files_of
from auction.delivery.hand_over import confirm_receipt
from auction.delivery.models import Receipt
from auction.delivery.queries import hand_over_of
from auction.delivery.rules import CAPACITY_LABELS, FILE_LABELS, RECEIPT_LABELS
from auction.delivery.rules import STATE_LABELS as CLEARING_LABELS
from auction.grace.models import BalanceGrace
from auction.grace.rules import STATE_LABELS as GRACE_LABELS
from auction.grace.rules import latest_day
from auction.in_kind.queries import own_inquiries
from auction.in_kind.rules import STATE_LABELS as OFFER_LABELS
from auction.loans.enter_loan import loan_of
from auction.priority.claims import own_claims
from auction.registration.models import RegistrationState
from auction.reminders.follow import followed_lots
from auction.settlement.models import SettlementState
from auction.settlement.queries import buyer_may_read, buyer_papers, own_sale, own_sales
from auction.settlement.rules import STATE_LABELS
from core.database import Database, Work
from core.documents import document_by_id
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor
from core.identity.models import Account
from core.legal_settings import legal
from core.notices import mark_read, notices_of, unread_count
from disposal_teams.courts.queries import court_of
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.papers import file_answer, paper_answer
from web.portal.demo_bank import pay_in_demo
from web.portal.entry_words import (
    DEPOSIT_LABELS,
    DEPOSIT_TAGS,
    REGISTRATION_LABELS,
    REGISTRATION_TAGS,
    NextStep,
    next_step,
)
from web.portal.priority import STATE_TAGS, STATE_WORDS
from web.portal.proof import qualification_of
from web.portal.words import OFFER_TAGS, WORDS
from web.rendering import page, see_other

SALE_TAGS = {
    SettlementState.AWAIT_BALANCE: "warn",
    SettlementState.DEFAULTED: "bad",
    SettlementState.REVOKED: "bad",
    SettlementState.DELIVERED: "good",
}
STEPS = (
    ("竞得", SettlementState.AWAIT_BALANCE),
    ("付清价款", SettlementState.PAID_FULL),
    ("作出裁定", SettlementState.RULING_ISSUED),
    ("送达裁定", SettlementState.RULING_SERVED),
    ("通知登记机构", SettlementState.TRANSFER_NOTICE_SENT),
    ("交付", SettlementState.DELIVERED),
)
_ORDER = [state for _, state in STEPS]


def steps_of(state: str) -> list[tuple[str, str]]:
    """The way of a sale from the hammer to delivery, with what is done; none for a sale that was undone."""
    if state not in _ORDER:
        return []
    reached = _ORDER.index(SettlementState(state))
    last = len(STEPS) - 1
    return [
        (text, "done" if place <= reached else "now" if place == reached + 1 and reached < last else "")
        for place, (text, _) in enumerate(STEPS)
    ]


async def step_of(work: Work, own: OwnEntry) -> NextStep:
    """What comes next for an entry."""
    papers_wait = False
    if own.entry.state == RegistrationState.AGENT_CHECK:
        papers = await newest_of_entry(work, own.entry)
        papers_wait = papers is not None and papers.state == AppointmentState.SUBMITTED
    return next_step(own.entry, own.lot, own.bidding, papers_wait=papers_wait)


@get("/my", include_in_schema=False)
async def my_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Everything of the person's own."""
    actor = require_login(visitor)
    assert actor.account_id is not None
    async with database.read(actor) as work:
        account = await work.session.get(Account, actor.account_id)
        return page(
            request,
            "my/my.html",
            account=account,
            entries=[(each, await step_of(work, each)) for each in await own_entries(work)],
            claims=await own_claims(work),
            followed=await followed_lots(work),
            claim_words=STATE_WORDS,
            claim_tags=STATE_TAGS,
            sales=await own_sales(work),
            inquiries=await own_inquiries(work),
            offer_labels=OFFER_LABELS,
            offer_tags=OFFER_TAGS,
            notices=await notices_of(work, actor.account_id, limit=30),
            unread=await unread_count(work, actor.account_id),
            registration_labels=REGISTRATION_LABELS,
            registration_tags=REGISTRATION_TAGS,
            deposit_labels=DEPOSIT_LABELS,
            deposit_tags=DEPOSIT_TAGS,
            sale_labels=STATE_LABELS,
            sale_tags=SALE_TAGS,
            server_time=work.now,
            **WORDS,
        )


@post("/my/notices/read", include_in_schema=False)
async def read_notices(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Mark the whole inbox as read."""
    actor = require_login(visitor)
    assert actor.account_id is not None
    async with database.begin(actor) as work:
        await mark_read(work, actor.account_id)
    return see_other(request, "/my", said=msg("通知已全部标为已读。"))


@get("/my/purchases/{lot_no:str}", include_in_schema=False)
async def purchase_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """One purchase: what is due, the papers, how far title and delivery are."""
    return await show_purchase(request, database, require_login(visitor), lot_no, Form.blank())


async def show_purchase(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form
) -> Response[Any]:
    """The page, with what was typed and what was wrong with it."""
    async with database.read(actor) as work:
        sale = await own_sale(work, lot_no)
        grace = await work.session.get(BalanceGrace, sale.lot.id)
        limit, proofs = await qualification_of(work, sale)
        most = legal().balance_grace_days_most
        return page(
            request,
            "my/purchase.html",
            status=form.status,
            lot=sale.lot,
            sale=sale.settlement,
            steps=steps_of(sale.settlement.state),
            missing_fen=sale.settlement.balance_fen - sale.settlement.balance_paid_fen,
            court=await court_of(work, sale.lot.court_code),
            papers=await buyer_papers(work, sale),
            hand_over=await hand_over_of(work, sale),
            files=await files_of(work, sale.lot, for_buyer=True),
            form=form,
            limit=limit,
            proofs=proofs,
            grace=grace,
            grace_labels=GRACE_LABELS,
            grace_latest=latest_day(sale.settlement.balance_due_at, most_days=most),
            may_ask_grace=grace is None and most > 0,
            loan=await loan_of(work, sale.lot.id),
            clearing_labels=CLEARING_LABELS,
            capacity_labels=CAPACITY_LABELS,
            file_labels=FILE_LABELS,
            receipt_labels=RECEIPT_LABELS,
            sale_labels=STATE_LABELS,
            sale_tags=SALE_TAGS,
            server_time=work.now,
        )


@post("/my/purchases/{lot_no:str}/demo-payment", include_in_schema=False)
async def pay_balance(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Demo only: the rest of the price arrives."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        sale = await own_sale(work, lot_no)
    if sale.settlement.state == SettlementState.AWAIT_BALANCE:
        await pay_in_demo(
            database,
            request.app.state.settings,
            actor,
            owner_id=sale.lot.id,
            court_code=sale.lot.court_code,
            account_no=sale.settlement.virtual_account_no,
            amount_fen=sale.settlement.balance_fen - sale.settlement.balance_paid_fen,
        )
    return see_other(
        request,
        f"/my/purchases/{lot_no}",
        said=msg("演示付款已提交，银行入账后自动确认，通常只需几秒。"),
    )


@get("/my/purchases/{lot_no:str}/documents/{document_id:uuid}", include_in_schema=False)
async def purchase_paper(
    database: Database, visitor: Visitor, lot_no: str, document_id: UUID
) -> Response[Any]:
    """A paper addressed to the buyer. Anybody else's is as unknown as a missing one."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        sale = await own_sale(work, lot_no)
        document = await document_by_id(work, document_id)
        if document.lot_id != sale.lot.id or not await buyer_may_read(work, document):
            raise NotFound(msg("没有找到该文书。"))
    return paper_answer(document)


@post("/my/purchases/{lot_no:str}/receipt", include_in_schema=False)
async def sign_for_it(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Confirm the hand-over, or say what is not as it should be (B-72)."""
    actor = require_login(visitor)
    form = await read_form(request)
    receipt = form.choice("receipt", tuple(Receipt))
    reservations = form.text("reservations", required=False, lines=True)
    if receipt is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await confirm_receipt(work, lot_no, receipt=receipt, reservations=reservations)
            said = msg("您的意见已送承办法院。") if receipt is Receipt.RESERVED else msg("已确认收到标的物。")
            return see_other(request, f"/my/purchases/{lot_no}", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await show_purchase(request, database, actor, lot_no, form)


@get("/my/purchases/{lot_no:str}/files/{file_id:uuid}", include_in_schema=False)
async def purchase_file(database: Database, visitor: Visitor, lot_no: str, file_id: UUID) -> Response[Any]:
    """A photo or the signed record of the hand-over, for the buyer."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        return file_answer(await file_for_buyer(work, lot_no, file_id))


route_handlers = [
    my_page,
    read_notices,
    purchase_page,
    pay_balance,
    purchase_paper,
    sign_for_it,
    purchase_file,
]

"""The difference between the claim's share and the price: paid in time, or the next creditor takes (B-74)."""

from uuid import UUID

from sqlmodel import select

from auction.in_kind.choose import settle_taker, start_ruling_clock
from auction.in_kind.models import InKindInquiry, InKindOffer, OfferState
from auction.in_kind.queries import DIFFERENCE, SUBJECT, offer_for_update
from auction.in_kind.rules import check_transition
from auction.in_kind.tell import note_offer, tell_creditors, tell_team
from auction.listing.models import Lot
from auction.registration.register import new_virtual_account
from auction.settlement.return_price import return_credits
from core.database import Work
from core.deadlines import meet_deadline
from core.i18n import msg

S = OfferState


async def offer_of_account(work: Work, account_no: str) -> InKindOffer | None:
    """The inquiry whose difference is paid to this account number, locked."""
    rows = await work.session.exec(
        select(InKindOffer)
        .where(InKindOffer.virtual_account_no == account_no)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.first()


async def difference_paid(work: Work, offer: InKindOffer) -> None:
    """Note that a locked inquiry's difference is paid: the ten days for the ruling begin."""
    check_transition(S(offer.state), S.AWAIT_RULING)
    offer.state = S.AWAIT_RULING
    await meet_deadline(
        work, DIFFERENCE, subject_kind=SUBJECT, subject_id=offer.id, done_event="in_kind.difference_paid"
    )
    await start_ruling_clock(work, offer)
    await note_offer(work, offer, "in_kind.difference_paid", difference_fen=offer.difference_fen)
    await tell_team(
        work,
        offer,
        key="paid",
        title=msg("抵债差额已补交"),
        body=msg("差额已经付清，请在期限内作出抵债裁定。"),
    )


async def difference_overdue(work: Work, offer_id: UUID) -> None:
    """The taker has not paid in time: the money goes back, the taker is out, the next one follows or nobody does."""
    offer = await offer_for_update(work, offer_id)
    if offer.state != S.AWAIT_DIFFERENCE:
        return
    taker = await work.session.get_one(InKindInquiry, offer.taker_inquiry_id)
    lot = await work.session.get_one(Lot, offer.lot_id)
    returned = await return_credits(
        work, lot, offer.virtual_account_no, booked_fen=offer.difference_paid_fen, rule="B-74"
    )
    taker.failed_at = work.now
    offer.difference_paid_fen = 0
    offer.virtual_account_no = new_virtual_account(offer.virtual_account_no[0])
    await meet_deadline(
        work, DIFFERENCE, subject_kind=SUBJECT, subject_id=offer.id, done_event="in_kind.difference_overdue"
    )
    await note_offer(work, offer, "in_kind.difference_overdue", inquiry=str(taker.id), returned_fen=returned)
    await tell_creditors(
        work,
        offer,
        [taker],
        key=f"overdue:{taker.id}",
        title=msg("抵债资格已失去"),
        body=msg("您未在期限内补交差额，已付部分将退回，标的物由其他债权人承受或继续处置。"),
    )
    await work.session.flush()
    await settle_taker(work, offer)

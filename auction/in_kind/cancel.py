"""End an inquiry whose asset has gone another way: paid off, withdrawn, released (B-51, B-52)."""

from uuid import UUID

from auction.in_kind.models import HOLDING, InKindOffer, OfferState
from auction.in_kind.queries import DIFFERENCE, SUBJECT, WINDOW, inquiries_of, offer_for_update
from auction.in_kind.rules import check_transition
from auction.in_kind.tell import note_offer, tell_creditors
from auction.listing.models import Lot
from auction.settlement.return_price import return_credits
from core.database import Work
from core.deadlines import waive_deadline
from core.i18n import msg


async def cancel_offer(work: Work, offer_id: UUID) -> InKindOffer:
    """Cancel an inquiry that is not over; money already paid goes back. Repeating changes nothing."""
    offer = await offer_for_update(work, offer_id)
    if OfferState(offer.state) not in HOLDING:
        return offer
    check_transition(OfferState(offer.state), OfferState.CANCELLED)
    lot = await work.session.get_one(Lot, offer.lot_id)
    returned = await return_credits(
        work, lot, offer.virtual_account_no, booked_fen=offer.difference_paid_fen, rule="B-74"
    )
    offer.state, offer.difference_paid_fen = OfferState.CANCELLED, 0
    for rule in (WINDOW, DIFFERENCE, "L-19"):
        await waive_deadline(
            work, rule, subject_kind=SUBJECT, subject_id=offer.id, reason="in_kind.cancelled"
        )
    await note_offer(
        work,
        offer,
        "in_kind.cancelled",
        returned_fen=returned,
    )
    await tell_creditors(
        work,
        offer,
        await inquiries_of(work, offer.id),
        key="cancelled",
        title=msg("以物抵债征询终止"),
        body=msg("标的物不再以物抵债，已交纳的差额将原路退回。"),
    )
    return offer

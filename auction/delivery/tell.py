"""Tell the buyer how the hand-over goes, and where the court finds it."""

from auction.listing.models import Lot
from auction.settlement.models import Settlement
from auction.settlement.tell_buyer import tell_buyer as tell_buyer_of_sale
from core.database import Work
from core.i18n import Message


def page_of(lot: Lot) -> str:
    """The court's page of clearing and hand-over."""
    return f"/team/settlements/{lot.lot_no}/delivery"


async def tell_buyer(
    work: Work, settlement: Settlement, lot: Lot, key: str, title: Message, body: Message
) -> None:
    """A notice to the buyer that leads to the hand-over; `key` names the occasion."""
    await tell_buyer_of_sale(work, settlement, lot, key, title, body, section="#delivery")

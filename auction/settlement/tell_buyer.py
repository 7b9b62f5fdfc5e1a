"""Tell the buyer how the purchase goes on."""

from auction.listing.models import Lot
from auction.registration.identity import reveal_identity
from auction.registration.models import Registration
from auction.settlement.models import Settlement
from core.database import Work
from core.i18n import Message
from core.notices import notify


async def tell_buyer(
    work: Work,
    settlement: Settlement,
    lot: Lot,
    key: str,
    title: Message,
    body: Message,
    *,
    section: str = "",
) -> None:
    """A notice to the buyer that leads to the page of the purchase, at `section` (`#delivery`); `key` names the occasion."""
    registration = await work.session.get_one(Registration, settlement.registration_id)
    buyer = await reveal_identity(work, registration, lot)
    await notify(
        work,
        account_id=buyer.account_id,
        key=f"{key}:{lot.id}",
        title=title,
        body=body,
        link=f"/my/purchases/{lot.lot_no}{section}",
    )

"""Tell the person behind an entry something, so that nobody else learns who that is (P-01)."""

from uuid import UUID

from sqlmodel import select

from auction.listing.models import Lot
from auction.registration.identity import open_seal
from auction.registration.models import Registration
from core.database import Work
from core.i18n import Message
from core.identity import SYSTEM
from core.notices import Topic, notify, send_as_wished


def work_as_nobody(work: Work) -> Work:
    """The same transaction, for audit events that must not name the bidder (P-01)."""
    return Work(work.session, SYSTEM, work.now, work.request_id)


async def tell_bidder(
    work: Work,
    registration: Registration,
    *,
    key: str,
    title: Message,
    body: Message,
    topic: Topic = Topic.TIMES,
) -> None:
    """Put a notice into the inbox of the person behind a registration, and send it by the ways the person wants.

    What is about the entry or its money leads to the entry's page, all else to the lot.
    """
    await tell_account(
        work,
        open_seal(registration).account_id,
        registration.lot_id,
        key=key,
        title=title,
        body=body,
        topic=topic,
    )


async def tell_account(
    work: Work, account_id: UUID, lot_id: UUID, *, key: str, title: Message, body: Message, topic: Topic
) -> None:
    """The same for somebody who has to do with a lot without an entry, such as a priority purchaser."""
    lot_no = (await work.session.exec(select(Lot.lot_no).where(Lot.id == lot_id))).one()
    await notify(
        work,
        account_id=account_id,
        key=key,
        title=title,
        body=body,
        link=f"/lots/{lot_no}/register" if topic in (Topic.ENTRY, Topic.MONEY) else f"/lots/{lot_no}",
        confidential=True,
    )
    await send_as_wished(work, account_id=account_id, topic=topic, key=key, title=title, body=body)

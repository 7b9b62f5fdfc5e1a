"""Read inquiries: locked for use cases; for the court's pages; for a creditor's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from auction.in_kind.models import HOLDING, InKindInquiry, InKindOffer, OfferState
from auction.listing.models import Lot
from auction.registration.real_name import own_identity
from core.database import Work
from core.deadlines import Deadline
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may, require
from core.identity.models import Account
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from disposal_teams.cases.sealing import match_code

WINDOW, DIFFERENCE = "L-22", "B-74"
SUBJECT = "in_kind"


async def offer_for_update(work: Work, offer_id: UUID) -> InKindOffer:
    """The inquiry, fresh and locked; for use cases that check permission themselves. Raises `NotFound`."""
    offer = (
        await work.session.exec(
            select(InKindOffer)
            .where(InKindOffer.id == offer_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).first()
    if offer is None:
        raise NotFound(msg("没有找到该以物抵债征询。"))
    return offer


async def offer_of_lot(work: Work, lot_id: UUID) -> InKindOffer | None:
    """The inquiry after this lot failed."""
    return (await work.session.exec(select(InKindOffer).where(InKindOffer.lot_id == lot_id))).first()


async def holding_offer(work: Work, asset_id: UUID) -> InKindOffer | None:
    """The inquiry that keeps the asset's next round from being published."""
    rows = await work.session.exec(
        select(InKindOffer).where(
            InKindOffer.asset_id == asset_id, col(InKindOffer.state).in_([str(state) for state in HOLDING])
        )
    )
    return rows.first()


async def inquiries_of(work: Work, offer_id: UUID) -> list[InKindInquiry]:
    """The creditors asked, best rank first."""
    rows = await work.session.exec(
        select(InKindInquiry)
        .where(InKindInquiry.offer_id == offer_id)
        .order_by(col(InKindInquiry.rank), col(InKindInquiry.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def clock_of(work: Work, rule: str, offer_id: UUID) -> Deadline | None:
    """The newest clock of a rule for this inquiry; its `due_at` is the end that counts, also after a stay (C-08)."""
    rows = await work.session.exec(
        select(Deadline)
        .where(Deadline.rule == rule, Deadline.subject_kind == SUBJECT, Deadline.subject_id == offer_id)
        .order_by(col(Deadline.started_at).desc(), col(Deadline.id).desc())
    )
    return rows.first()


@dataclass(frozen=True, slots=True)
class OfferFile:
    """Everything a page shows of an inquiry."""

    offer: InKindOffer
    lot: Lot
    asset: Asset
    inquiries: Sequence[InKindInquiry]
    window_ends_at: datetime | None
    difference_due_at: datetime | None

    @property
    def taker(self) -> InKindInquiry | None:
        """Who takes, once that is settled."""
        return next((each for each in self.inquiries if each.id == self.offer.taker_inquiry_id), None)


async def offer_file(work: Work, offer: InKindOffer) -> OfferFile:
    """The file of an inquiry."""
    lot = await work.session.get_one(Lot, offer.lot_id)
    asset = await work.session.get_one(Asset, offer.asset_id)
    window = await clock_of(work, WINDOW, offer.id)
    difference = await clock_of(work, DIFFERENCE, offer.id)
    return OfferFile(
        offer,
        lot,
        asset,
        await inquiries_of(work, offer.id),
        window.due_at if window else None,
        difference.due_at if difference and offer.state == OfferState.AWAIT_DIFFERENCE else None,
    )


async def open_offer_file(work: Work, lot_no: str) -> OfferFile:
    """The inquiry of a lot for the court's page. Another court's is as unknown as a missing one (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES)
    lot = (await work.session.exec(select(Lot).where(Lot.lot_no == lot_no))).first()
    offer = await offer_of_lot(work, lot.id) if lot is not None else None
    if (
        lot is None
        or offer is None
        or not may(work.actor, Permission.SEE_COURT_FILES, court_code=lot.court_code)
    ):
        raise NotFound(msg("该拍品没有以物抵债征询，或它不属于本院。"), rule="P-03")
    return await offer_file(work, offer)


async def offers_of_court(
    work: Work, court_code: str, *, states: Sequence[OfferState] = (), limit: int = 100
) -> list[tuple[InKindOffer, Lot]]:
    """The inquiries of a court, newest first (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = (
        select(InKindOffer, Lot)
        .join(Lot, col(Lot.id) == col(InKindOffer.lot_id))
        .where(InKindOffer.court_code == court_code)
    )
    if states:
        query = query.where(col(InKindOffer.state).in_([str(state) for state in states]))
    rows = await work.session.exec(
        query.order_by(col(InKindOffer.opened_at).desc(), col(InKindOffer.id)).limit(limit)
    )
    return list(rows.all())


# --- a creditor's own ---------------------------------------------------------------------------------------------


async def _own_parties(work: Work) -> list[UUID]:
    """The parties that the actor is: linked by the court, or of the same confirmed identity."""
    if work.actor.account_id is None:
        return []
    account = await work.session.get(Account, work.actor.account_id)
    is_me = [col(Party.account_id) == work.actor.account_id]
    if account is not None and account.identity_verified_at is not None and account.identity_number_sealed:
        is_me.append(col(Party.identity_match) == match_code(own_identity(account)[1]))
    return list(await work.session.exec(select(Party.id).where(or_(*is_me))))


@dataclass(frozen=True, slots=True)
class OwnInquiry:
    """What a creditor is asked, with what it is about."""

    inquiry: InKindInquiry
    offer: InKindOffer
    lot: Lot


async def own_inquiries(work: Work, *, limit: int = 50) -> list[OwnInquiry]:
    """What the actor is asked as a creditor, newest first."""
    parties = await _own_parties(work)
    if not parties:
        return []
    rows = await work.session.exec(
        select(InKindInquiry, InKindOffer, Lot)
        .join(InKindOffer, col(InKindOffer.id) == col(InKindInquiry.offer_id))
        .join(Lot, col(Lot.id) == col(InKindOffer.lot_id))
        .where(col(InKindInquiry.party_id).in_(parties))
        .order_by(col(InKindInquiry.asked_at).desc())
        .limit(limit)
    )
    return [OwnInquiry(*row) for row in rows.all()]


async def own_inquiry(work: Work, lot_no: str) -> OwnInquiry:
    """The actor's own line in the inquiry of a lot. Anybody else's is as unknown as a missing one. Raises `NotFound`."""
    for own in await own_inquiries(work):
        if own.lot.lot_no == lot_no:
            return own
    raise NotFound(msg("没有找到向您发出的以物抵债征询。"))


async def drawn_offer(work: Work, lot_no: str) -> tuple[InKindOffer, Lot, list[InKindInquiry]]:
    """The draw of a lot for everybody's checking, once it was held. Raises `NotFound`."""
    row = (
        await work.session.exec(
            select(InKindOffer, Lot)
            .join(Lot, col(Lot.id) == col(InKindOffer.lot_id))
            .where(Lot.lot_no == lot_no, col(InKindOffer.drawn_at).is_not(None))
        )
    ).first()
    if row is None:
        raise NotFound(msg("该拍品没有举行过抽签。"))
    drawn = [each for each in await inquiries_of(work, row[0].id) if each.drawn_place is not None]
    return row[0], row[1], sorted(drawn, key=lambda each: each.drawn_place or 0)

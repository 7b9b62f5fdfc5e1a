"""Read the files of proceeds. A court sees its own, the intermediate court all (P-03); a person the own ones."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from auction.in_kind.models import InKindOffer
from auction.proceeds.accounts import source_account
from auction.proceeds.models import Proceeds, ProceedsCost, ProceedsSource, ProceedsState
from auction.settlement.models import Settlement
from core.audit import record
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may, require
from core.ledger import balance

OVER = (ProceedsState.SETTLED, ProceedsState.REVOKED)


async def proceeds_of_court(work: Work, court_code: str, *, limit: int = 200) -> list[Proceeds]:
    """The files of a court, open ones first, the oldest money leading. Raises `NotPermitted`."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(Proceeds)
        .where(Proceeds.court_code == court_code)
        .order_by(col(Proceeds.state).in_([str(each) for each in OVER]), col(Proceeds.arrived_at))
        .limit(limit)
    )
    return list(rows)


async def open_proceeds_file(work: Work, proceeds_id: UUID) -> Proceeds:
    """A file for the court's page. Another court's is as unknown as a missing one (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES)
    found = await work.session.get(Proceeds, proceeds_id)
    if found is None or not may(work.actor, Permission.SEE_COURT_FILES, court_code=found.court_code):
        raise NotFound(msg("没有找到该笔案款，或它不属于本院。"), rule="P-03")
    return found


async def proceeds_for_update(work: Work, proceeds_id: UUID) -> Proceeds:
    """A file, locked, for use cases that check permission themselves. Raises `NotFound`."""
    found = await work.session.get(Proceeds, proceeds_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(msg("没有找到该笔案款，或它不属于本院。"), rule="P-03")
    return found


async def proceeds_of_lot(work: Work, lot_id: UUID) -> Proceeds | None:
    """The file of a sold lot that stands, if it has been opened."""
    rows = await work.session.exec(
        select(Proceeds).where(Proceeds.lot_id == lot_id, Proceeds.state != ProceedsState.REVOKED)
    )
    return rows.first()


async def costs_of(work: Work, proceeds_id: UUID, *, struck: bool = False) -> list[ProceedsCost]:
    """The costs of a file in the order in which they were entered; with `struck` also those that were struck."""
    query = select(ProceedsCost).where(ProceedsCost.proceeds_id == proceeds_id)
    if not struck:
        query = query.where(col(ProceedsCost.struck_at).is_(None))
    rows = await work.session.exec(query.order_by(col(ProceedsCost.entered_at), col(ProceedsCost.id)))
    return list(rows)


async def undivided_fen(work: Work, proceeds: Proceeds) -> int:
    """What still stands on the account on which the money arrived."""
    return -await balance(work, source_account(proceeds))


async def owned_since(work: Work, proceeds: Proceeds) -> datetime | None:
    """When the ruling was served that passed ownership; of an own sale, when its price was there (A-28)."""
    if proceeds.source == ProceedsSource.SELF_SALE:
        return proceeds.arrived_at
    if proceeds.source == ProceedsSource.IN_KIND:
        offer = await work.session.get(InKindOffer, proceeds.source_id)
        return offer.served_at if offer else None
    settlement = await work.session.get(Settlement, proceeds.source_id)
    return settlement.ruling_served_at if settlement else None


async def note_proceeds(work: Work, proceeds: Proceeds, event: str, rule: str, **details: Any) -> None:
    """Tell the audit chain of the asset, lot and case what became of the money."""
    await record(
        work, event, stream=f"proceeds:{proceeds.id}", rule=rule, asset_id=proceeds.asset_id, case_id=proceeds.case_id,
        lot_id=proceeds.lot_id, **details,
    )  # fmt: skip

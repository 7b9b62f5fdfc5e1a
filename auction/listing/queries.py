"""Read lots: for use cases (locked) and for the pages of the court."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import (
    Lot,
    LotPart,
    LotState,
    NoticeVersion,
    PanelDecision,
    PartyNotification,
    Round,
)
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may, require

PAGE = 50


async def lot_for_update(work: Work, lot_id: UUID) -> Lot:
    """The lot, fresh and locked; for use cases that check permission themselves. Raises `NotFound`."""
    lot = (
        await work.session.exec(
            select(Lot).where(Lot.id == lot_id).with_for_update().execution_options(populate_existing=True)
        )
    ).first()
    if lot is None:
        raise NotFound(msg("没有找到该拍品。"))
    return lot


async def lot_by_number(work: Work, lot_no: str) -> Lot | None:
    """The lot of this number, whatever its state; for use cases that check permission themselves."""
    return (await work.session.exec(select(Lot).where(Lot.lot_no == lot_no))).first()


async def open_lot_file(work: Work, lot_no: str) -> Lot:
    """A lot for its page in the court. Another court's lot is as unknown as a missing one (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES)
    lot = await lot_by_number(work, lot_no)
    if lot is None or not may(work.actor, Permission.SEE_COURT_FILES, court_code=lot.court_code):
        raise NotFound(msg("没有找到该拍品，或它不属于本院。"), rule="P-03")
    return lot


@dataclass(frozen=True, slots=True)
class Position:
    """Which run of an asset comes next: the round, its repetition after a default, its attempt, the run before.

    `direct_sale_id` names the permission when it is a sell-off without an auction (A-21).
    """

    round: Round
    rerun: int
    attempt: int
    previous: Lot | None
    rerun_of: Lot | None
    direct_sale_id: UUID | None = None


async def lots_of_asset(work: Work, asset_id: UUID) -> list[Lot]:
    """Every run of an asset, alone or together with others, oldest first: drafts too."""
    parts = select(LotPart.lot_id).where(LotPart.asset_id == asset_id)
    return list(
        await work.session.exec(
            select(Lot)
            .where((col(Lot.asset_id) == asset_id) | col(Lot.id).in_(parts))
            .order_by(col(Lot.created_at), col(Lot.id))
        )
    )


async def newest_decision(work: Work, asset_id: UUID, round_: Round) -> PanelDecision | None:
    """The newest panel record for a round of the asset that no published lot has used up."""
    rows = await work.session.exec(
        select(PanelDecision)
        .where(PanelDecision.asset_id == asset_id, PanelDecision.round == str(round_))
        .order_by(col(PanelDecision.created_at).desc(), col(PanelDecision.id).desc())
    )
    return rows.first()


async def decision_of_lot(work: Work, lot_id: UUID) -> PanelDecision | None:
    """The newest panel record that belongs to the lot."""
    rows = await work.session.exec(
        select(PanelDecision)
        .where(PanelDecision.lot_id == lot_id)
        .order_by(col(PanelDecision.created_at).desc(), col(PanelDecision.id).desc())
    )
    return rows.first()


async def notifications_of(work: Work, lot_id: UUID) -> dict[UUID, PartyNotification]:
    """The notifications of a lot by party."""
    rows = await work.session.exec(select(PartyNotification).where(PartyNotification.lot_id == lot_id))
    return {row.party_id: row for row in rows}


async def notice_versions(work: Work, lot_id: UUID) -> list[NoticeVersion]:
    """The published versions of the notice, oldest first."""
    rows = await work.session.exec(
        select(NoticeVersion).where(NoticeVersion.lot_id == lot_id).order_by(col(NoticeVersion.version))
    )
    return list(rows)


async def lots_of_court(
    work: Work,
    court_code: str,
    *,
    states: Sequence[LotState] = (),
    search: str = "",
    after: UUID | None = None,
    limit: int = PAGE,
) -> tuple[list[Lot], UUID | None]:
    """The lots of a court, newest first; the second value continues the list, None at its end (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = select(Lot).where(Lot.court_code == court_code)
    if states:
        query = query.where(col(Lot.state).in_([str(state) for state in states]))
    if wanted := search.strip()[:60]:
        query = query.where(
            col(Lot.title).contains(wanted, autoescape=True)
            | col(Lot.lot_no).contains(wanted, autoescape=True)
        )
    if after is not None:
        query = query.where(col(Lot.id) < after)
    found = list(await work.session.exec(query.order_by(col(Lot.id).desc()).limit(limit + 1)))
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None

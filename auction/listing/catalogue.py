"""What the public may see of lots: the catalogue, a lot's page, the runs of its asset. Drafts are never shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import defer
from sqlmodel import col, select

from auction.listing.disclosure import Disclosure, read_disclosure
from auction.listing.models import (
    ON_SHOW_STATES,
    PUBLIC_STATES,
    Lot,
    LotBidding,
    LotState,
    NoticeVersion,
    Round,
)
from auction.listing.parts import assets_of, shown_parts
from core.database import Work
from core.documents import Document
from core.errors import InvalidInput, NotFound
from core.i18n import msg
from core.search_text import query_tokens
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.courts.models import Court
from disposal_teams.photos.show import Shown, covers_of, photos_of

PAGE = 24
COUNT_CAP = 1000
"""Beyond this many hits the exact number is not counted: nobody reads it, and counting all is slow."""


class Showing(StrEnum):
    """Groups of states that visitors ask for."""

    OPEN = "open"
    BIDDING = "bidding"
    UPCOMING = "upcoming"
    SOLD = "sold"
    ENDED = "ended"
    ALL = "all"


class Sort(StrEnum):
    """Orders of the catalogue."""

    ENDING = "ending"
    NEWEST = "newest"
    PRICE_LOW = "price_low"
    PRICE_HIGH = "price_high"


_BIDDING = frozenset({LotState.BIDDING, LotState.SELLOFF_OPEN, LotState.SELLOFF_BIDDING})
_STATES: dict[Showing, frozenset[LotState]] = {
    Showing.OPEN: ON_SHOW_STATES,
    Showing.BIDDING: _BIDDING,
    Showing.UPCOMING: frozenset({LotState.PUBLISHED}),
    Showing.SOLD: frozenset({LotState.SOLD}),
    Showing.ENDED: PUBLIC_STATES - ON_SHOW_STATES,
    Showing.ALL: PUBLIC_STATES,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor looks for. Prices in fen; `within_hours` limits to lots that end so soon; `after` continues a list."""

    search: str = ""
    showing: Showing = Showing.OPEN
    sort: Sort = Sort.ENDING
    round: Round | None = None
    kind: AssetKind | None = None
    court_code: str | None = None
    least_fen: int | None = None
    most_fen: int | None = None
    within_hours: int | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class LotCard:
    """One lot in a list. `price_fen` is the final, the current or the starting price, whichever there is."""

    lot: Lot
    court_name: str
    price_fen: int
    ends_at: datetime | None
    bids: int
    cover: Shown | None = None

    @property
    def has_bids(self) -> bool:
        """Whether somebody has bid."""
        return self.bids > 0


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """A page of the catalogue. `count` is capped at `COUNT_CAP` + 1, which means "more"."""

    cards: list[LotCard]
    count: int
    next_after: str | None

    @property
    def count_is_capped(self) -> bool:
        """Whether there are more than `count` says."""
        return self.count > COUNT_CAP


async def catalogue(work: Work, wanted: Wanted, *, limit: int = PAGE) -> CataloguePage:
    """The lots a visitor looks for, paged by key. Raises `InvalidInput` for a broken page mark."""
    conditions = _conditions(wanted, work.now)
    key, descending = _order(wanted)
    query = select(Lot).where(*conditions)
    if wanted.after:
        mark = _read_mark(wanted)
        row = tuple_(key, col(Lot.id))
        query = query.where(row < mark if descending else row > mark)
    order = (key.desc(), col(Lot.id).desc()) if descending else (key.asc(), col(Lot.id).asc())
    lots = list(await work.session.exec(query.order_by(*order).limit(limit + 1)))
    page = lots[:limit]
    counted = await work.session.exec(
        select(func.count()).select_from(select(Lot.id).where(*conditions).limit(COUNT_CAP + 1).subquery())
    )
    mark_after = _write_mark(wanted, page[-1]) if len(lots) > limit else None
    return CataloguePage(await cards_of(work, page), counted.one(), mark_after)


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        col(Lot.state).in_(sorted(str(state) for state in _STATES[wanted.showing])),
        col(Lot.published_at).is_not(None),
    ]
    if wanted.search.strip():
        tokens = query_tokens(wanted.search)
        # Text without a single letter or character finds nothing, rather than everything.
        conditions.append(col(Lot.search_tokens).op("@>")(cast(tokens or [""], ARRAY(String))))
    if wanted.round is not None:
        conditions.append(col(Lot.round) == wanted.round)
    if wanted.kind is not None:
        conditions.append(col(Lot.asset_kind) == wanted.kind)
    if wanted.court_code:
        conditions.append(col(Lot.court_code) == wanted.court_code)
    if wanted.least_fen is not None:
        conditions.append(col(Lot.starting_price_fen) >= wanted.least_fen)
    if wanted.most_fen is not None:
        conditions.append(col(Lot.starting_price_fen) <= wanted.most_fen)
    if wanted.within_hours is not None:
        conditions.append(col(Lot.scheduled_end_at) <= now + timedelta(hours=wanted.within_hours))
    return conditions


def _order(wanted: Wanted) -> tuple[Any, bool]:
    """The column of the order and whether it descends. Ended lots are read newest first."""
    if wanted.sort is Sort.ENDING:
        return col(Lot.scheduled_end_at), wanted.showing in {Showing.SOLD, Showing.ENDED}
    if wanted.sort is Sort.NEWEST:
        return col(Lot.published_at), True
    return col(Lot.starting_price_fen), wanted.sort is Sort.PRICE_HIGH


def _write_mark(wanted: Wanted, lot: Lot) -> str:
    if wanted.sort is Sort.ENDING:
        value = str(int(lot.scheduled_end_at.timestamp() * 1_000_000)) if lot.scheduled_end_at else "0"
    elif wanted.sort is Sort.NEWEST:
        value = str(int(lot.published_at.timestamp() * 1_000_000)) if lot.published_at else "0"
    else:
        value = str(lot.starting_price_fen)
    return f"{value}-{lot.id.hex}"


def _read_mark(wanted: Wanted) -> tuple[Any, UUID]:
    try:
        value, _, key = wanted.after.partition("-")
        number, lot_id = int(value), UUID(hex=key)
        if wanted.sort in {Sort.ENDING, Sort.NEWEST}:
            return _moment(number), lot_id
        if not 0 <= number < 2**63:
            raise ValueError
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(msg("翻页位置无效，请从第一页重新开始。")) from None
    return number, lot_id


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


async def cards_of(work: Work, lots: Sequence[Lot]) -> list[LotCard]:
    """The cards of these lots, in their order."""
    if not lots:
        return []
    standing = {
        row.lot_id: row
        for row in await work.session.exec(
            select(LotBidding).where(col(LotBidding.lot_id).in_([lot.id for lot in lots]))
        )
    }
    names = dict((await work.session.exec(select(Court.code, Court.short_name))).all())
    covers = await covers_of(work, {lot.asset_id for lot in lots})
    cards = []
    for lot in lots:
        bidding = standing.get(lot.id)
        price = (
            lot.final_price_fen or (bidding.current_price_fen if bidding else None) or lot.starting_price_fen
        )
        ends_at = lot.ended_at or (bidding.ends_at if bidding else lot.scheduled_end_at)
        if lot.state == LotState.PAUSED:  # its clock stands still: the old end means nothing (B-50)
            ends_at = None
        cards.append(
            LotCard(
                lot,
                names.get(lot.court_code, ""),
                price,
                ends_at,
                bidding.accepted_count if bidding else 0,
                covers.get(lot.asset_id),
            )
        )
    return cards


async def counts_on_show(work: Work) -> dict[LotState, int]:
    """How many lots the public sees in each state that is not over."""
    rows = await work.session.exec(
        select(Lot.state, func.count())
        .where(col(Lot.state).in_(sorted(str(state) for state in ON_SHOW_STATES)))
        .group_by(Lot.state)
    )
    return {LotState(state): number for state, number in rows.all()}


async def counts_by_court(work: Work) -> dict[str, int]:
    """How many lots of each court are on show."""
    rows = await work.session.exec(
        select(Lot.court_code, func.count())
        .where(col(Lot.state).in_(sorted(str(state) for state in ON_SHOW_STATES)))
        .group_by(Lot.court_code)
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class LotPage:
    """Everything a lot's public page shows. `runs` are all published runs of the asset, oldest first."""

    lot: Lot
    card: LotCard
    asset: Asset
    case: EnforcementCase
    court: Court
    disclosure: Disclosure
    bidding: LotBidding | None
    runs: list[LotCard] = field(default_factory=list)
    versions: list[NoticeVersion] = field(default_factory=list)
    papers: list[Document] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    photos: list[Shown] = field(default_factory=list)


async def lot_page(work: Work, lot_no: str) -> LotPage:
    """The public page of a lot. A draft is as unknown as a missing lot. Raises `NotFound`."""
    row = (
        await work.session.exec(
            select(Lot, Asset, EnforcementCase, Court)
            .join(Asset, col(Asset.id) == col(Lot.asset_id))
            .join(EnforcementCase, col(EnforcementCase.id) == col(Lot.case_id))
            .join(Court, col(Court.code) == col(Lot.court_code))
            .where(Lot.lot_no == lot_no)
        )
    ).first()
    if row is None or LotState(row[0].state) not in PUBLIC_STATES or row[0].published_at is None:
        raise NotFound(msg("没有找到标的 {number}。它可能尚未公告，请从目录中查找。", number=lot_no[:30]))
    lot, asset, case, court = row
    runs = list(
        await work.session.exec(
            select(Lot)
            .where(
                Lot.asset_id == lot.asset_id,
                col(Lot.published_at).is_not(None),
                col(Lot.state).in_(sorted(str(state) for state in PUBLIC_STATES)),
            )
            .order_by(col(Lot.published_at), col(Lot.id))
        )
    )
    cards = await cards_of(work, runs)
    versions = await work.session.exec(
        select(NoticeVersion).where(NoticeVersion.lot_id == lot.id).order_by(col(NoticeVersion.version))
    )
    return LotPage(
        lot=lot,
        card=next(card for card in cards if card.lot.id == lot.id),
        asset=asset,
        case=case,
        court=court,
        disclosure=read_disclosure(lot.disclosure),
        bidding=await work.session.get(LotBidding, lot.id),
        runs=cards,
        versions=list(versions),
        papers=await public_papers(work, lot.id),
        parts=await shown_parts(work, lot),
        photos=await photos_of(work, [each.id for each in await assets_of(work, lot)]),
    )


async def public_papers(work: Work, lot_id: UUID) -> list[Document]:
    """The public papers of a lot in the order of their issue; without their content."""
    return [paper for paper in await papers_of_lot(work, lot_id) if paper.is_public]


async def papers_of_lot(work: Work, lot_id: UUID) -> list[Document]:
    """All papers of a lot, for people of its court; without their content."""
    rows = await work.session.exec(
        select(Document)
        .options(defer(Document.content), defer(Document.sealed), defer(Document.data))  # type: ignore[arg-type]
        .where(Document.lot_id == lot_id)
        .order_by(col(Document.issued_at), col(Document.id))
    )
    return list(rows)


async def ending_soon(work: Work, *, limit: int) -> list[LotCard]:
    """Lots being bid on now that end first."""
    page = await catalogue(work, Wanted(showing=Showing.BIDDING), limit=limit)
    return page.cards


def is_public(lot: Lot) -> bool:
    """Whether the public may know of the lot."""
    return LotState(lot.state) in PUBLIC_STATES and lot.published_at is not None

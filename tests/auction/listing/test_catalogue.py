"""The public catalogue: what it finds, in which order, page by page, and what it never shows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from auction.listing.catalogue import (
    Showing,
    Sort,
    Wanted,
    catalogue,
    counts_by_court,
    counts_on_show,
    lot_page,
)
from auction.listing.import_formats import read_lots
from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, LotState, Round
from core.database import Work
from core.errors import InvalidInput, NotFound
from disposal_teams.assets.models import AssetKind
from disposal_teams.courts.establish import establish_courts
from tests.auction.listing.test_import import HEADER

COURTS = ("0583", "0581", "05")
KINDS = ("real_estate", "vehicle", "goods")
COUNT = 23


async def shop(work: Work) -> list[Lot]:
    """Twenty-three published lots with repeating prices and times, and one draft."""
    await establish_courts(work)
    rows = [
        f"k{at},first,{KINDS[at % 3]},昆山市玉山镇第{at}号花园房产,玉山镇,{COURTS[at % 3]},1000000,"
        f"{700000 + at % 5 * 1000},71000,3000,,"
        for at in range(COUNT + 1)
    ]
    lots, faults = read_lots("\n".join((HEADER, *rows)))
    assert faults == []
    report = await import_lots(work, lots, stage=ImportStage.NOTIFIED)
    found = list(await work.session.exec(select(Lot).where(Lot.lot_no.in_(report.created[:COUNT]))))  # type: ignore[attr-defined]
    for at, lot in enumerate(found):
        lot.state = LotState.BIDDING if at % 4 == 0 else LotState.PUBLISHED
        lot.published_at = work.now - timedelta(hours=at % 6)
        lot.scheduled_end_at = work.now + timedelta(hours=at % 7 + 1)
        lot.starts_at = lot.scheduled_end_at - timedelta(days=1)
        work.session.add(lot)
    await work.session.flush()
    return found


async def every_page(work: Work, wanted: Wanted, limit: int) -> list[Lot]:
    """All pages one after the other."""
    found: list[Lot] = []
    after = ""
    while True:
        page = await catalogue(
            work,
            Wanted(**{**{name: getattr(wanted, name) for name in Wanted.__slots__}, "after": after}),
            limit=limit,
        )
        found += [card.lot for card in page.cards]
        if page.next_after is None:
            return found
        after = page.next_after


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [1, 4, 24])
async def test_pages_hold_every_lot_once_in_order(work: Work, sort: Sort, limit: int) -> None:
    lots = await shop(work)
    found = await every_page(work, Wanted(sort=sort), limit)
    assert len(found) == len(lots) == COUNT
    assert {lot.id for lot in found} == {lot.id for lot in lots}
    orders: dict[Sort, list[Any]] = {
        Sort.ENDING: [lot.scheduled_end_at for lot in found],
        Sort.NEWEST: [lot.published_at for lot in found],
        Sort.PRICE_LOW: [lot.starting_price_fen for lot in found],
        Sort.PRICE_HIGH: [lot.starting_price_fen for lot in found],
    }
    keys = orders[sort]
    assert keys == sorted(keys, reverse=sort in {Sort.NEWEST, Sort.PRICE_HIGH})


async def test_filters_and_search_find_what_they_name(work: Work) -> None:
    lots = await shop(work)

    async def count(**wanted: object) -> int:
        return (await catalogue(work, Wanted(**wanted))).count  # type: ignore[arg-type]

    assert await count() == COUNT
    assert await count(search="玉山") == COUNT
    assert await count(search="第7号花园") == 1
    assert await count(search=lots[3].lot_no) == 1
    assert await count(search="昆山法院不存在") == 0
    assert await count(search="！？") == 0
    assert await count(showing=Showing.BIDDING) == sum(lot.state == LotState.BIDDING for lot in lots)
    assert await count(showing=Showing.ENDED) == 0
    assert await count(kind=AssetKind.VEHICLE) == sum(lot.asset_kind == AssetKind.VEHICLE for lot in lots)
    assert await count(court_code="0581") == sum(lot.court_code == "0581" for lot in lots)
    assert await count(round=Round.SECOND) == 0
    assert await count(least_fen=702_000_00, most_fen=703_000_00) == sum(
        702_000_00 <= lot.starting_price_fen <= 703_000_00 for lot in lots
    )
    assert await count(within_hours=2) == sum(
        lot.scheduled_end_at is not None and lot.scheduled_end_at <= work.now + timedelta(hours=2)
        for lot in lots
    )
    assert sum((await counts_on_show(work)).values()) == COUNT
    assert sum((await counts_by_court(work)).values()) == COUNT


@pytest.mark.parametrize("mark", ["x", "1", "1-", "-", "abc-00", "9" * 40 + "-" + "0" * 32])
@pytest.mark.parametrize("sort", list(Sort))
async def test_a_broken_page_mark_is_refused(work: Work, mark: str, sort: Sort) -> None:
    with pytest.raises(InvalidInput):
        await catalogue(work, Wanted(sort=sort, after=mark))


async def test_drafts_are_never_shown(work: Work) -> None:
    await shop(work)
    draft = (await work.session.exec(select(Lot).where(Lot.state == LotState.NOTIFYING))).one()
    shown = await every_page(work, Wanted(showing=Showing.ALL), 24)
    assert draft.id not in {lot.id for lot in shown}
    with pytest.raises(NotFound):
        await lot_page(work, draft.lot_no)
    with pytest.raises(NotFound):
        await lot_page(work, "none")

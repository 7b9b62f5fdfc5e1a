"""A lot whose panel allows ceilings, and two bidders whose ceilings meet in it (B-40, B-44)."""

from collections.abc import Sequence
from uuid import uuid5

from sqlmodel import col, select

from auction.ceilings.set_ceiling import set_ceiling
from auction.listing.models import Lot
from auction.listing.panel import record_panel_decision
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import DisposalError
from core.identity import SYSTEM
from core.outbox.run_due import run_due
from web.demo_city.cast import TEAM_COURT, Bidder, person_at
from web.demo_city.history import City

MEMBERS = ["沈某", "陆某", "顾某"]
LIMITS = (24, 15)
"""The two ceilings, in increments above the starting price."""


async def allow_ceilings(city: City, numbers: Sequence[str]) -> str | None:
    """Have the panel decide once more on one of the drafts, of the newcomer's court if there is one, with the same figures and
    ceilings allowed; the number of that draft, None when none can be decided on."""
    async with city.database.read(SYSTEM) as work:
        drafts = (await work.session.exec(select(Lot).where(col(Lot.lot_no).in_(numbers)))).all()
    order = {number: place for place, number in enumerate(numbers)}
    for draft in sorted(drafts, key=lambda lot: (lot.court_code != TEAM_COURT, -order[lot.lot_no])):
        try:
            async with city.database.read(SYSTEM) as work:
                panel = await person_at(work, "panel", draft.court_code)
            async with city.database.begin(panel) as work:
                await _decide(work, draft)
        except DisposalError as refusal:
            city.refused.append(f"{draft.lot_no}: {refusal}")
            continue
        return draft.lot_no
    return None


async def _decide(work: Work, draft: Lot) -> None:
    await record_panel_decision(
        work,
        draft.asset_id,
        starting_price_fen=draft.starting_price_fen,
        increment_fen=draft.increment_fen,
        deposit_fen=draft.deposit_fen,
        members=MEMBERS,
        minutes="一致同意起拍价、增价幅度和保证金，并同意允许竞买人设置委托限价。",
        decided_on=work.now.astimezone(COURT_ZONE).date(),
        ceiling_bids_allowed=True,
    )


async def duel(city: City, lot: Lot, bidders: Sequence[Bidder]) -> None:
    """The first opens by hand, the two others leave ceilings: the system bids for both until the lower one is used up."""
    entered = [bidder for bidder in bidders if await city.enter(lot, bidder)]
    await run_due(city.database)
    if not entered:
        return
    await city.bid_up(lot, entered[:1], 1)
    for bidder, steps in zip(entered[1:], LIMITS, strict=False):
        async with city.database.begin(bidder.actor) as work:
            await set_ceiling(
                work,
                lot.id,
                lot.starting_price_fen + steps * lot.increment_fen,
                idempotency_key=uuid5(lot.id, f"ceiling {steps}").hex,
                received_at=work.now,
            )

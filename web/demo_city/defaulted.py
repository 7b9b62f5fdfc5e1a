"""A buyer who did not pay: the deposit is lost, the same round was held again, and the panel now decides on its use (B-34, B-35).

Told in acts, which the city's history calls at their time: announced, sold, declared a default and announced again, held again.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec.structs import replace
from sqlmodel import col, select

from auction.listing.disclosure import Disclosure, read_disclosure
from auction.listing.draft_lot import edit_draft
from auction.listing.import_formats import ImportedLot
from auction.listing.import_lots import ImportStage
from auction.listing.models import Lot, PartyNotification
from auction.listing.notify import notify_parties, record_notification
from auction.listing.panel import record_panel_decision
from auction.listing.publish_lot import publish_lot
from auction.settlement.default import declare_default
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import DisposalError
from core.identity import SYSTEM
from core.outbox.run_due import run_due, run_jobs
from disposal_teams.assets.models import Asset
from disposal_teams.surveys.conduct import (
    begin_survey,
    complete_survey,
    latest_survey,
    lines_of,
    record_finding,
)
from disposal_teams.surveys.models import EvidenceKind
from web.demo_city.cast import TEAM_COURT, Bidder, person_at
from web.demo_city.history import City, day_of_bidding

ANNOUNCED, SOLD, DECLARED, ANNOUNCED_AGAIN, HELD_AGAIN = (
    timedelta(days=days) for days in (72, 40, 25, 20, 3)
)
"""How long ago each act began."""

PANEL = ["沈某", "陆某", "顾某"]


async def announce_one(city: City, lots: Sequence[ImportedLot]) -> tuple[Lot | None, list[ImportedLot]]:
    """Publish one of the lots that nothing else happens to, of the newcomer's court if there is one; and the others."""
    chosen = next((lot for lot in lots if lot.court_code == TEAM_COURT), lots[0] if lots else None)
    if chosen is None:
        return None, list(lots)
    await city.travel(city.now - ANNOUNCED)
    numbers = await city.bring([chosen], ImportStage.NOTIFIED)
    published = await city.publish(numbers, lambda at, lot: day_of_bidding(city.now - SOLD, lot.round))
    return next(iter(published), None), [lot for lot in lots if lot is not chosen]


async def sell_to_a_defaulter(city: City, lot: Lot) -> Bidder:
    """Two bid each other up; the one who wins will not pay."""
    defaulter, other = city.bidders[-2:]
    await _auction(city, lot, [other, defaulter], bids=8)
    return defaulter


async def declare(city: City, lot: Lot) -> Lot | None:
    """The time to pay has passed: the panel declares the default, the team surveys anew and announces the round again."""
    await city.travel(city.now - DECLARED)
    await run_jobs(city.database, ("sweep_deadlines",))
    async with city.database.read(SYSTEM) as work:
        panel = await person_at(work, "panel", lot.court_code)
        team = await person_at(work, "team", lot.court_code)
    async with city.database.begin(panel) as work:
        await declare_default(work, lot.id, reason="no_loan", claim_shortfall=True)
    await run_due(city.database)
    async with city.database.read(SYSTEM) as work:
        again = (await work.session.exec(select(Lot).where(col(Lot.previous_lot_id) == lot.id))).first()
    if again is None:
        return None
    async with city.database.begin(team) as work:
        await _survey_anew(work, await work.session.get_one(Asset, again.asset_id))
    async with city.database.begin(panel) as work:
        await record_panel_decision(
            work,
            again.asset_id,
            starting_price_fen=again.starting_price_fen,
            increment_fen=again.increment_fen,
            deposit_fen=again.deposit_fen,
            members=PANEL,
            minutes="原买受人悔拍，按原起拍价重新拍卖，提高保证金比例。",
            decided_on=work.now.astimezone(COURT_ZONE).date(),
        )
    async with city.database.begin(team) as work:
        starts_at, ends_at = day_of_bidding(city.now - HELD_AGAIN, again.round)
        disclosure = _as_seen_today(read_disclosure(again.disclosure), work.now.astimezone(COURT_ZONE).date())
        await edit_draft(work, again.id, starts_at=starts_at, ends_at=ends_at, disclosure=disclosure)
        await notify_parties(work, again.id)
    await city.travel(city.now - DECLARED + timedelta(hours=5))
    async with city.database.begin(team) as work:
        notes = select(PartyNotification).where(PartyNotification.lot_id == again.id)
        for note in await work.session.exec(notes):
            if note.posted_at is None:
                await record_notification(work, note.id, received_at=work.now, proof="电子送达回执")
    return await _announce_again(city, again)


async def _announce_again(city: City, again: Lot) -> Lot | None:
    """The same round is published again. None when the checklist refuses it."""
    await city.travel(city.now - ANNOUNCED_AGAIN)
    try:
        async with city.database.begin(SYSTEM) as work:
            published = await publish_lot(work, again.id)
    except DisposalError as refusal:
        city.refused.append(f"{again.lot_no}: {refusal}")
        return None
    await run_due(city.database)
    return published


async def _survey_anew(work: Work, asset: Asset) -> None:
    """The findings of the last survey hold, but they have aged (A-15): everything is looked at once more."""
    last = await latest_survey(work, asset.id)
    assert last is not None
    survey = await begin_survey(work, asset, surveyor_names="处置团队两名工作人员")
    for line in await lines_of(work, last.id):
        await record_finding(
            work,
            survey,
            item=line.item,
            finding=line.finding,
            evidence_kind=EvidenceKind(line.evidence_kind),
            evidence_ref="重新调查笔录",
        )
    await complete_survey(work, survey)


def _as_seen_today(disclosure: Disclosure, today: date) -> Disclosure:
    """What is disclosed, with the date of the new survey."""
    return replace(
        disclosure,
        facts=[replace(fact, as_of=fact.as_of and today) for fact in disclosure.facts],
        special={
            code: replace(fact, as_of=fact.as_of and today) for code, fact in disclosure.special.items()
        },
    )


async def sell_again(city: City, again: Lot) -> None:
    """It fetches less than before and is paid: the shortfall is known, the panel is asked what the deposit is used for."""
    await _auction(city, again, city.bidders[4:6], bids=3)
    await city.settle(again, steps=1)
    await run_jobs(city.database, ("propose_uses_of_deposits",))


async def _auction(city: City, lot: Lot, bidders: Sequence[Bidder], *, bids: int) -> None:
    assert lot.starts_at is not None
    await city.travel(lot.starts_at - timedelta(hours=30))
    entered = [bidder for bidder in bidders if await city.enter(lot, bidder)]
    await run_due(city.database)
    await city.travel(lot.starts_at + timedelta(minutes=20))
    await city.clock_work()
    if entered:
        await city.bid_up(lot, entered, bids)
    await city.travel(_end_of(lot) + timedelta(minutes=10))
    await city.clock_work()


def _end_of(lot: Lot) -> datetime:
    assert lot.scheduled_end_at is not None
    return lot.scheduled_end_at

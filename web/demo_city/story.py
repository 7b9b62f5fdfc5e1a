"""What happened in the demo city before you came: lots at every stage on the day of the first start."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from auction.listing.import_formats import ImportedLot
from auction.listing.import_lots import ImportStage
from auction.listing.models import Lot, Round
from core.database import Database
from core.identity import SYSTEM
from core.outbox.run_due import run_due
from web.commands.worker import import_workers
from web.demo_city import ceilings, defaulted, red_flags, together
from web.demo_city.cast import TEAM_COURT, settle_people
from web.demo_city.conclusions import settle_conclusions
from web.demo_city.disputes import settle_disputes
from web.demo_city.entries import settle_entries
from web.demo_city.history import City, Progress, day_of_bidding
from web.demo_city.humane import be_humane
from web.demo_city.instructions import settle_instructions
from web.demo_city.intake import hand_in_files
from web.demo_city.lot_files import demo_lots, of_round
from web.demo_city.outage import suffer_outage
from web.demo_city.photos import fill_dossier, hang_pictures
from web.demo_city.proceeds import divide_money
from web.demo_city.public_channel import open_public_channel
from web.demo_city.stops import befall
from web.demo_city.valuations import seek_prices

SHARES = {"live": 0.16, "sold": 0.14, "failed": 0.05, "upcoming": 0.2, "second": 0.08, "sell_off": 0.05}
"""What part of the city's lots stands where; the rest waits to be surveyed, valued or listed."""

MINUTES_TO_END = (4, 9, 15, 25, 40, 55, 75, 120, 180, 260, 400, 600, 900, 1200)
"""When the lots that are being bid for end, counted from the first start."""


async def tell_story(database: Database, count: int, folder: Path, progress: Progress) -> None:
    """Make the city: people first, then its history from a month ago until now."""
    import_workers()
    random = Random(20)  # noqa: S311 - invented figures, not a secret
    async with database.read() as work:
        now = work.now
    lots, are_real = demo_lots(folder, count)
    progress("people and courts; lots from", "the real files" if are_real else "the generator")
    async with database.begin(SYSTEM) as work:
        bidders = await settle_people(work, random)
    city = City(database, now, bidders, random, progress)
    first, second, sell_off = (of_round(lots, round_) for round_ in Round)
    many = {stage: max(1, round(share * count)) for stage, share in SHARES.items()}
    ended = first[: many["sold"] + many["failed"]]
    live = first[len(ended) : len(ended) + many["live"]]
    upcoming = first[len(ended) + len(live) :][: many["upcoming"]]
    rest = first[len(ended) + len(live) + len(upcoming) :]

    progress("ten weeks ago: a sale that will not be paid")
    unpaid, rest = await defaulted.announce_one(city, rest)
    rest = await red_flags.begin_surveys(city, rest)
    progress("a month ago: first auctions are announced")
    await city.travel(now - timedelta(days=40))
    await red_flags.order_from_above(city)
    joint, rest = await together.join(city, rest)
    await together.tell_the_parties(city, joint, together.day_for(city))
    ended_numbers = await city.bring(ended, ImportStage.NOTIFIED)
    ended_lots = await city.publish(
        ended_numbers,
        lambda at, lot: day_of_bidding(
            now - timedelta(days=6, hours=at % 7, minutes=17 * (at // 7 % 3)), lot.round
        ),
    )
    if unpaid is not None:
        await defaulted.sell_to_a_defaulter(city, unpaid)
    await city.travel(now - timedelta(days=33))
    await red_flags.obey(city)
    live_numbers = await city.bring(live, ImportStage.NOTIFIED)
    with_ceilings = await ceilings.allow_ceilings(city, live_numbers)
    live_lots = await city.publish(live_numbers, lambda at, lot: _ending_soon(now, at))
    live_lots += await together.announce(city, joint, together.day_for(city))

    again = None if unpaid is None else await defaulted.declare(city, unpaid)

    progress("two weeks ago: second auctions and sell-offs")
    await city.travel(now - timedelta(days=19))
    later_numbers = await city.bring(
        second[: many["second"]] + sell_off[: many["sell_off"]], ImportStage.NOTIFIED
    )
    later_lots = await city.publish(
        later_numbers,
        lambda at, lot: (
            day_of_bidding(now - timedelta(days=2, hours=at), lot.round)
            if lot.round == Round.SELL_OFF
            else _ending_soon(now, at + 3)
        ),
    )

    progress("last week: bidding, closing, payment, rulings")
    await _hold_auctions(city, ended_lots, many["sold"])
    if again is not None:
        await defaulted.sell_again(city, again)
    await city.travel(now - timedelta(days=3))
    upcoming_numbers = await city.bring(upcoming, ImportStage.NOTIFIED)
    await city.publish(
        upcoming_numbers,
        lambda at, lot: day_of_bidding(now + timedelta(days=29 + at % 12, hours=2), lot.round),
    )

    progress("today: live auctions, surveys, valuations, transfers")
    await city.travel(now - timedelta(hours=1))
    await _stock_the_desk(city, [*rest, *second[many["second"] :], *sell_off[many["sell_off"] :]])
    await city.clock_work()
    duel = next((lot for lot in live_lots if lot.lot_no == with_ceilings), None)
    await _open_markets(city, [lot for lot in [*live_lots, *later_lots] if lot is not duel])
    if duel is not None:
        await ceilings.duel(city, duel, city.bidders[2:5])
    await hang_pictures(city)
    await settle_disputes(city)
    await open_public_channel(city)
    await hand_in_files(city)
    await settle_instructions(city)
    await settle_conclusions(city)
    await befall(city)
    await settle_entries(city)
    await seek_prices(city)
    await be_humane(city)
    await fill_dossier(city)
    await divide_money(city)
    await red_flags.see_what_came_of_it(city)
    await city.end()
    await city.clock_work()
    progress(f"{count} lots are there; refused by the checklist: {len(city.refused)}")


def _ending_soon(now: datetime, at: int) -> tuple[datetime, datetime]:
    ends_at = now + timedelta(minutes=MINUTES_TO_END[at % len(MINUTES_TO_END)], seconds=7 * at)
    return ends_at - timedelta(hours=24), ends_at


async def _hold_auctions(city: City, lots: list[Lot], sold: int) -> None:
    start = min((lot.starts_at for lot in lots if lot.starts_at is not None), default=city.now)
    await city.travel(start - timedelta(hours=12))
    contested = [(lot, city.random.sample(city.bidders, city.random.randint(1, 4))) for lot in lots[:sold]]
    suspect = _suspect_lots([lot for lot, _ in contested])
    for lot, bidders in contested:
        if lot.id in suspect and len(bidders) < 2:
            bidders.append(next(other for other in city.bidders if other not in bidders))
        for number, bidder in enumerate(bidders):
            helper = bidders[0] if lot.id in suspect and number == 1 else None
            await city.enter(lot, bidder, helped_by=helper)
    await run_due(city.database)
    await city.travel(
        max((lot.starts_at for lot in lots if lot.starts_at), default=city.now) + timedelta(minutes=5)
    )
    await city.clock_work()
    for lot, bidders in contested:
        bids = city.random.randint(1, 3) if len(bidders) == 1 else city.random.randint(3, 14)
        wild = (lot.reference_price_fen or 0) * 21 // 10 if lot.id in suspect else None
        await city.bid_up(lot, bidders, bids, last_fen=wild)
    if contested:
        await suffer_outage(city, contested[0][0])
    await city.travel(city.now - timedelta(days=4))
    await city.clock_work()
    for number, (lot, _) in enumerate(contested):
        await city.settle(lot, steps=(0, 1, 5, 3, 4, 2)[number % 6])


def _suspect_lots(lots: list[Lot]) -> set[UUID]:
    """Two lots, the team's court first, in which two bidders act from one place and the price runs wild: for the risk desk."""
    return {lot.id for lot in sorted(lots, key=lambda lot: lot.court_code != TEAM_COURT)[:2]}


async def _open_markets(city: City, lots: list[Lot]) -> None:
    """Deposits and first bids for most of what is open; the newcomer's two bidders stay free to register."""
    others = city.bidders[2:]
    first_sell_off = next((lot.id for lot in lots if lot.round == Round.SELL_OFF), None)
    for number, lot in enumerate(lots):
        if lot.starts_at is None or lot.starts_at > city.now:
            continue
        bidders = city.random.sample(others, 1 + number % 3)
        entered = [bidder for bidder in bidders if await city.enter(lot, bidder)]
        await run_due(city.database)
        contested = lot.round != Round.SELL_OFF or lot.id == first_sell_off
        if entered and contested and (number % 4 or lot.id == first_sell_off):
            await city.bid_up(lot, entered, city.random.randint(1, 9))


async def _stock_the_desk(city: City, lots: list[ImportedLot]) -> None:
    stages = (ImportStage.SEALED, ImportStage.SURVEYED, ImportStage.VALUED, ImportStage.DRAFT)
    share = -(-len(lots) // len(stages)) or 1
    for at, stage in enumerate(stages):
        await city.bring(lots[at * share : (at + 1) * share], stage)

"""A flat and the parking place that goes with it, sold as one lot (B-03): the panel joins them, the notice lists both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace
from sqlmodel import col, select

from auction.listing.disclosure import read_disclosure
from auction.listing.draft_lot import draft_lot, edit_draft
from auction.listing.import_formats import ImportedLot
from auction.listing.import_lots import ImportStage
from auction.listing.models import Lot, PartyNotification
from auction.listing.notify import notify_parties, record_notification
from auction.listing.panel import record_panel_decision
from auction.listing.rules import deposit_of_rate_fen
from auction.listing.together import TogetherGround
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import DisposalError
from core.identity import SYSTEM, Actor
from core.outbox.run_due import run_due
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.seal import record_seal, seals_of
from disposal_teams.cases.queries import case_of
from disposal_teams.surveys.conduct import begin_survey
from valuation.agreement.invite import begin_agreement, negotiating_parties
from valuation.agreement.submit_price import submit_price
from valuation.reference_price import reference_price_of
from valuation.ways.rules import WayFacts
from web.demo_city.cast import TEAM_COURT, person_at
from web.demo_city.history import City
from web.demo_city.surveying import finish_survey

PANEL = ["沈某", "陆某", "顾某"]
PARKING_FEN = 18_000_000
FIRST_PERCENT = 80
FINDINGS = {
    "title": "车位登记在被执行人名下，与房屋同一小区，小区规约限定只转让给本小区业主",
    "occupation": "由被执行人使用，地面无堆放",
}


@dataclass(frozen=True, slots=True)
class Joint:
    """The two assets of the lot."""

    flat: UUID
    parking: UUID
    court_code: str


async def join(city: City, lots: Sequence[ImportedLot]) -> tuple[Joint | None, list[ImportedLot]]:
    """A flat of the newcomer's court whose price is fixed gets its parking place beside it, surveyed and priced by the parties'
    agreement; the panel decides to sell both together. Also returns the lots that nothing happens to."""
    flats = [lot for lot in lots if lot.court_code == TEAM_COURT and _is_flat(lot)]
    chosen = min(flats, key=lambda lot: ("昆山" not in lot.title, "苏州" not in lot.title), default=None)
    if chosen is None:
        return None, list(lots)
    left = [lot for lot in lots if lot is not chosen]
    (number,) = await city.bring([chosen], ImportStage.VALUED)
    async with city.database.read(SYSTEM) as work:
        flat = (await work.session.exec(select(Asset).where(Asset.asset_no == number))).one()
        officer, team, panel = [
            await person_at(work, post, flat.court_code) for post in ("officer", "team", "panel")
        ]
    try:
        parking = await _add_parking(city, flat, officer, team)
        async with city.database.begin(panel) as work:
            await _decide(work, flat.id, parking)
        async with city.database.begin(team) as work:
            await draft_lot(work, flat.id)
    except DisposalError as refusal:
        city.refused.append(f"{number}: {refusal}")
        return None, left
    await run_due(city.database)
    return Joint(flat.id, parking, flat.court_code), left


def _is_flat(lot: ImportedLot) -> bool:
    return lot.kind == AssetKind.REAL_ESTATE and "室" in lot.title and "车位" not in lot.title


async def _add_parking(city: City, flat: Asset, officer: Actor, team: Actor) -> UUID:
    async with city.database.begin(officer) as work:
        case = await case_of(work, flat.case_id)
        (seal, *_) = await seals_of(work, flat.id)
        parking = await register_asset(
            work,
            case=case,
            kind=AssetKind.OTHER_RIGHT,
            title=f"{flat.title}配套的地下车位使用权",
            location=flat.location,
            district=flat.district,
            owner_name=flat.owner_name,
            team_id=flat.team_id,
            is_demo=True,
        )
        await record_seal(
            work,
            parking,
            case_no=case.case_no,
            registered_on=seal.registered_on,
            claim_fen=case.claim_fen,
            creditor_name=seal.creditor_name,
        )
    async with city.database.begin(team) as work:
        surveyed = await work.session.get_one(Asset, parking.id)
        survey = await begin_survey(work, surveyed, surveyor_names="处置团队两名工作人员")
        await finish_survey(work, surveyed, survey, evidence="车位现场照片和物业证明", findings=FINDINGS)
        valuation = await begin_agreement(work, parking.id, facts=WayFacts())
        for party in await negotiating_parties(work, case.id):
            await submit_price(
                work, valuation.id, party.id, price_fen=PARKING_FEN, paper_ref=f"{party.name}议价意见书"
            )
    return parking.id


async def _decide(work: Work, flat: UUID, parking: UUID) -> None:
    prices = [await reference_price_of(work, each) for each in (flat, parking)]
    whole = sum(price.price_fen for price in prices if price is not None)
    start = whole * FIRST_PERCENT // 100
    await record_panel_decision(
        work,
        flat,
        starting_price_fen=start,
        increment_fen=max(start // 200 // 100_000, 1) * 100_000,
        deposit_fen=deposit_of_rate_fen(start, "10"),
        members=PANEL,
        minutes="车位只能转让给本小区业主，与房屋分别拍卖将严重减损价值，一致同意合并拍卖。",
        decided_on=day_in_court(work.now),
        together=[parking],
        together_because=TogetherGround.LOSS_OF_VALUE,
    )


async def tell_the_parties(city: City, joint: Joint | None, times: tuple[datetime, datetime]) -> None:
    """The team sets the times and sends the notices; everybody has signed for them the same day."""
    if joint is None:
        return
    async with city.database.read(SYSTEM) as work:
        team = await person_at(work, "team", joint.court_code)
    async with city.database.begin(team) as work:
        lot = await _lot_of(work, joint)
        disclosure = replace(read_disclosure(lot.disclosure), no_surplus="surplus")
        await edit_draft(work, lot.id, starts_at=times[0], ends_at=times[1], disclosure=disclosure)
        await notify_parties(work, lot.id)
    async with city.database.begin(team) as work:
        notes = select(PartyNotification).where(
            PartyNotification.lot_id == lot.id, col(PartyNotification.posted_at).is_(None)
        )
        for note in await work.session.exec(notes):
            await record_notification(work, note.id, received_at=work.now, proof="电子送达回执")


async def _lot_of(work: Work, joint: Joint) -> Lot:
    return (await work.session.exec(select(Lot).where(Lot.asset_id == joint.flat))).one()


async def announce(city: City, joint: Joint | None, times: tuple[datetime, datetime]) -> list[Lot]:
    """The notice is published; empty when the checklist refuses it."""
    if joint is None:
        return []
    async with city.database.read(SYSTEM) as work:
        number = (await _lot_of(work, joint)).lot_no
    return await city.publish([number], lambda at, lot: times)


def day_for(city: City) -> tuple[datetime, datetime]:
    """Bidding that ends this evening."""
    ends_at = city.now + timedelta(hours=5, minutes=20)
    return ends_at - timedelta(hours=24), ends_at

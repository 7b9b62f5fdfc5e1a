"""Lots under way, sealed as they must be, and the people who may stop them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import select

from auction.listing.models import Lot, LotBidding
from auction.registration.identity import BidderIdentity, seal
from auction.registration.models import DepositState, Registration
from auction.suspension.models import Stay, StayKind
from auction.suspension.pause import pause_lots
from benchmarks.market import COURT, Market, open_market
from core.clock import set_clock
from core.database import Work
from core.identity import SYSTEM, Actor, Role
from core.ids import new_id
from disposal_teams.assets.models import Seal, SealState

MASTER = bytes(range(32))
OFFICER = Actor(None, "承办法官", frozenset({Role.CASE_OFFICER}), COURT)
SUPERIOR = Actor(None, "中院法官", frozenset({Role.INTERMEDIATE_COURT}), "05")
PRESIDENT = Actor(None, "中院院长", frozenset({Role.PRESIDENT}), "05")
PANEL = ("审判长甲", "审判员乙", "审判员丙")


def put_under_seal(work: Work, market: Market) -> None:
    """A seal in force on every asset (A-01)."""
    for number, lot in enumerate(market.lots):
        today = work.now.date()
        work.session.add(
            Seal(
                id=new_id(),
                asset_id=lot.asset_id,
                position=1,
                court_code=COURT,
                case_no=f"（2026）苏{COURT}执{number + 1}号",
                state=SealState.EFFECTIVE,
                registered_on=today,
                expires_on=today + timedelta(days=900),
            )
        )


async def sealed_market(work: Work, **options: object) -> Market:
    """The market of the benchmarks, with a seal in force on every asset (A-01)."""
    market = await open_market(work, MASTER, **options)  # type: ignore[arg-type]
    put_under_seal(work, market)
    for (_, account_id), registration_id in market.registrations.items():
        registration = await work.session.get_one(Registration, registration_id)
        person = BidderIdentity(account_id=account_id, name="竞买人", number="", phone="")
        registration.identity_sealed = seal(person, registration_id)
        registration.deposit_state, registration.deposit_paid_fen = DepositState.WAIVED, 0
    await work.session.flush()
    return market


async def at(work: Work, moment: datetime, actor: Actor = SYSTEM) -> Work:
    """The same transaction at another court time (also inside the locks), with somebody acting."""
    await set_clock(work.session, court_time=moment)
    return Work(work.session, actor, moment)


async def stop(work: Work, *lots: Lot, **options: object) -> list[Stay]:
    """The platform stops lots, unless told otherwise."""
    values = {"kind": StayKind.PLATFORM_STOP, "ground": "platform_fault", "reason": "机房断电", **options}
    return await pause_lots(work, [lot.id for lot in lots], **values)  # type: ignore[arg-type]


async def standing(work: Work, lot_id: UUID) -> tuple[Lot, LotBidding]:
    """A lot with its contested row, as stored."""
    await work.session.flush()
    fresh = {"populate_existing": True}
    lot = (await work.session.exec(select(Lot).where(Lot.id == lot_id).execution_options(**fresh))).one()
    query = select(LotBidding).where(LotBidding.lot_id == lot_id).execution_options(**fresh)
    return lot, (await work.session.exec(query)).one()

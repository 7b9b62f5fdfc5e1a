"""Open lots with qualified bidders, made in bulk: for the benchmarks and the race tests.

The rows are those of real lots and registrations; only the way through the use cases is left out, since what is
measured is bidding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert

from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.listing.publish_lot import waiting_bidding
from auction.registration.models import DepositState, Registration, RegistrationState
from core.crypto import FieldCipher
from core.database import Work
from core.identity import Role
from core.identity.models import Account
from core.identity.sessions import open_session
from core.ids import new_id
from disposal_teams.assets.models import Asset, AssetKind, AssetState
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.courts.establish import establish_courts

COURT = "0505"
START_FEN = 100_000_00
STEP_FEN = 1_000_00


@dataclass(frozen=True, slots=True)
class Market:
    """Open lots, bidders' accounts, and each account's registration by lot."""

    lots: list[Lot]
    accounts: list[Account]
    registrations: dict[tuple[UUID, UUID], UUID]

    def registration(self, lot: int, account: int) -> UUID:
        """The registration of the n-th account for the n-th lot."""
        return self.registrations[(self.lots[lot].id, self.accounts[account].id)]


async def open_market(
    work: Work,
    master_key: bytes,
    *,
    lots: int = 1,
    bidders: int = 2,
    seconds: float = 86_400,
    orders: Sequence[int | None] = (),
    may_outbid_self: bool = False,
    ceiling_bids_allowed: bool = False,
    starts_in: float = -86_400,
    enters: Callable[[int, int], bool] = lambda lot, bidder: True,
) -> Market:
    """Lots that are open now (or start in `starts_in` seconds) and end `seconds` from now, with qualified bidders.

    `orders`: priority order of the first bidders; the others are ordinary. `enters`: whether the n-th bidder takes
    part in the n-th lot, (lot, bidder).
    """
    await establish_courts(work)
    now = work.now
    case = EnforcementCase(
        id=new_id(),
        case_no=f"（{now.year}）苏{COURT}执{new_id().int % 10**8}号",
        court_code=COURT,
        filed_on=now.date(),
        cause="民间借贷纠纷",
        created_at=now,
    )
    work.session.add(case)
    await work.session.flush()
    accounts = [_account(work, number) for number in range(bidders)]
    assets = [_asset(work, case, number) for number in range(lots)]
    opened = [
        _lot(work, asset, seconds, starts_in, may_outbid_self, ceiling_bids_allowed) for asset in assets
    ]
    cipher = FieldCipher(master_key, "bidder-identity")
    matches = [cipher.match_code(str(account.id)) for account in accounts]
    entries = [
        _registration(work, lot, match, number, orders[number] if number < len(orders) else None)
        for place, lot in enumerate(opened)
        for number, match in enumerate(matches)
        if enters(place, number)
    ]
    contested = [waiting_bidding(lot) for lot in opened]
    for row in contested:
        row.phase = "open" if starts_in <= 0 else "waiting"
    for model, rows in (
        (Account, accounts),
        (Asset, assets),
        (Lot, opened),
        (LotBidding, contested),
        (Registration, entries),
    ):
        await work.session.execute(insert(model), [row.model_dump() for row in rows])
    by_match = dict(zip(matches, accounts, strict=True))
    return Market(
        opened, accounts, {(entry.lot_id, by_match[entry.account_match].id): entry.id for entry in entries}
    )


async def open_sessions(work: Work, market: Market) -> list[str]:
    """A logged-in session for every account; returns the tokens."""
    return [await open_session(work, account.id) for account in market.accounts]


def _account(work: Work, number: int) -> Account:
    return Account(
        id=new_id(),
        login=f"bidder-{number}-{new_id().hex[-8:]}",
        password_hash="-",
        display_name=f"竞买人{number}",
        roles=[Role.BIDDER],
        created_at=work.now,
    )


def _asset(work: Work, case: EnforcementCase, number: int) -> Asset:
    return Asset(
        id=new_id(),
        asset_no=f"A-{new_id().hex[-12:]}-{number}",
        kind=AssetKind.REAL_ESTATE,
        title=f"房屋 {number}",
        case_id=case.id,
        court_code=case.court_code,
        state=AssetState.LISTED,
        first_listed_at=work.now,
        created_at=work.now,
    )


def _lot(
    work: Work,
    asset: Asset,
    seconds: float,
    starts_in: float,
    may_outbid_self: bool,
    ceiling_bids_allowed: bool,
) -> Lot:
    starts_at = work.now + timedelta(seconds=starts_in)
    return Lot(
        id=new_id(),
        lot_no=f"L-{asset.asset_no}"[:30],
        asset_id=asset.id,
        case_id=asset.case_id,
        court_code=asset.court_code,
        round=Round.FIRST,
        state=LotState.BIDDING if starts_in <= 0 else LotState.PUBLISHED,
        title=asset.title,
        is_movable=False,
        starting_price_fen=START_FEN,
        increment_fen=STEP_FEN,
        deposit_fen=START_FEN // 10,
        may_outbid_self=may_outbid_self,
        ceiling_bids_allowed=ceiling_bids_allowed,
        published_at=min(starts_at, work.now),
        starts_at=starts_at,
        scheduled_end_at=work.now + timedelta(seconds=seconds),
        created_at=min(starts_at, work.now),
    )


def _registration(work: Work, lot: Lot, match: bytes, number: int, order: int | None) -> Registration:
    return Registration(
        id=new_id(),
        lot_id=lot.id,
        account_match=match,
        identity_match=match,
        name_match=match,
        identity_sealed=b"-",
        state=RegistrationState.QUALIFIED,
        code=f"J{number:04}",
        priority_order=order,
        virtual_account_no=new_id().hex,
        deposit_state=DepositState.RECEIVED,
        deposit_due_fen=lot.deposit_fen,
        deposit_paid_fen=lot.deposit_fen,
        rules_accepted_at=work.now,
        qualified_at=work.now,
        created_at=work.now,
    )

"""One lot for each run, with people who have paid, people who pay while it is bid for, and their money in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from auction.listing.models import Lot, LotBidding, LotState
from auction.payments.accounts import bank_account
from auction.payments.models import BankLine, BankLineState
from auction.registration.identity import BidderIdentity, name_match, seal
from auction.registration.models import DepositState, Registration, RegistrationState
from benchmarks.market import COURT, START_FEN, STEP_FEN, open_market, open_sessions
from core.database import Database, Work
from core.identity import SYSTEM
from core.ids import new_id
from core.ledger import AccountKind, AccountRef, Line, post
from core.settings import get_settings
from disposal_teams.assets.models import Seal, SealState
from web.demo_city.people import identity_number

PEOPLE = 10
WINDOW_S = 1
FAR = timedelta(days=300)


@dataclass(slots=True)
class Entrant:
    """Somebody's entry for one lot. `pays_late`: the deposit arrives while the lot is bid for."""

    registration_id: UUID
    account_id: UUID
    token: str
    name: str
    virtual_account_no: str
    priority_order: int | None
    pays_late: bool


@dataclass(slots=True)
class RunLot:
    """The lot of one run. The times are set when the run begins."""

    seed: int
    lot_id: UUID
    lot_no: str
    entrants: list[Entrant]
    deposit_fen: int
    step_fen: int = STEP_FEN
    start_fen: int = START_FEN
    allows_ceilings: bool = False
    shown: dict[str, Any] = field(default_factory=dict)
    """What the live page told a watcher last."""
    faults: list[str] = field(default_factory=list)
    """What was found against the run."""


async def prepare_lots(database: Database, seeds: Sequence[int], *, window_s: int = WINDOW_S) -> list[RunLot]:
    """A published lot for each seed, which nobody may bid for yet."""
    plans = {place: _entrants(seed) for place, seed in enumerate(seeds)}
    key = get_settings().encryption_key()
    async with database.begin(SYSTEM) as work:
        market = await open_market(
            work, key, lots=len(seeds), bidders=PEOPLE, enters=lambda lot, bidder: bidder in plans[lot]
        )
        tokens = await open_sessions(work, market)
        random = Random(4711)
        numbers = [identity_number(random) for _ in market.accounts]
        runs: list[RunLot] = []
        changes: list[dict[str, object]] = []
        money: list[Line] = []
        paid: list[dict[str, object]] = []
        for place, seed in enumerate(seeds):
            lot = market.lots[place]
            run = RunLot(seed, lot.id, lot.lot_no, [], lot.deposit_fen, allows_ceilings=seed % 4 == 1)
            for rank, bidder in enumerate(plans[place]):
                account, registration_id = market.accounts[bidder], market.registration(place, bidder)
                entrant = Entrant(
                    registration_id,
                    account.id,
                    tokens[bidder],
                    f"竞买人{bidder}",
                    registration_id.hex,
                    Random(f"{seed} priority {rank}").choice((None, None, 1, 2)),
                    pays_late=rank == 0 and seed % 3 == 0,
                )
                run.entrants.append(entrant)
                changes.append(_changes(entrant, numbers[bidder], lot.deposit_fen, f"J{bidder:04}"))
                if not entrant.pays_late:
                    held = AccountRef(AccountKind.DEPOSIT_HELD, str(registration_id), lot_id=lot.id)
                    money.append(Line(held, -lot.deposit_fen))
                    paid.append(_paid(work, entrant, lot.deposit_fen))
            runs.append(run)
        await work.session.execute(update(Registration), changes)
        await work.session.execute(insert(BankLine), paid)
        await work.session.execute(insert(Seal), [_sealed(work, lot.asset_id) for lot in market.lots])
        money.append(Line(bank_account(COURT), -sum(line.amount_fen for line in money)))
        await post(work, key="deposits of all runs", description="收取保证金", rule="B-30", lines=money)
        starts_at = work.now + FAR
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(days=1)}
        await work.session.execute(
            update(LotBidding).values(
                phase="waiting", extension_window_s=window_s, extension_s=window_s, **times
            )
        )
        await work.session.execute(
            update(Lot).values(
                state=LotState.PUBLISHED, starts_at=starts_at, scheduled_end_at=times["ends_at"],
                extension_window_s=window_s, extension_s=window_s,
            )
        )  # fmt: skip
        strict = [run.lot_id for run in runs if run.seed % 2]
        with_ceilings = [run.lot_id for run in runs if run.allows_ceilings]
        for table, key_column in (("lot", "id"), ("lot_bidding", "lot_id")):
            for change, ids in (
                ("may_outbid_self = false", strict),
                ("ceiling_bids_allowed = true", with_ceilings),
            ):
                await work.session.execute(
                    text(f"UPDATE {table} SET {change} WHERE {key_column} = ANY(:ids)"), {"ids": ids}
                )
    return runs


async def begin_run(database: Database, run: RunLot, *, seconds: float) -> None:
    """Bidding begins now and ends after `seconds`, unless a bid moves the end. Repeating moves nothing."""
    async with database.begin(SYSTEM) as work:
        starts_at = work.now
        moved = await work.session.execute(
            text(
                "UPDATE lot SET starts_at = :starts_at, scheduled_end_at = :ends_at "
                "WHERE id = :lot AND starts_at > :starts_at"
            ),
            {"lot": run.lot_id, "starts_at": starts_at, "ends_at": starts_at + timedelta(seconds=seconds)},
        )
        if moved.rowcount:  # type: ignore[attr-defined]
            await work.session.execute(
                text("UPDATE lot_bidding SET starts_at = :starts_at, ends_at = :ends_at WHERE lot_id = :lot"),
                {
                    "lot": run.lot_id,
                    "starts_at": starts_at,
                    "ends_at": starts_at + timedelta(seconds=seconds),
                },
            )


def _entrants(seed: int) -> list[int]:
    """Who takes part: two to four of the people."""
    random = Random(f"{seed} entrants")
    return random.sample(range(PEOPLE), random.randint(2, 4))


def _sealed(work: Work, asset_id: UUID) -> dict[str, object]:
    """A seal in force: without one nothing goes on that has been stopped (A-01)."""
    today = work.now.date()
    return Seal(
        id=new_id(),
        asset_id=asset_id,
        position=1,
        court_code=COURT,
        case_no=f"（{today.year}）苏{COURT}执1号",
        state=SealState.EFFECTIVE,
        registered_on=today,
        expires_on=today + timedelta(days=900),
    ).model_dump()


def _paid(work: Work, entrant: Entrant, deposit_fen: int) -> dict[str, object]:
    """The bank's line of a deposit that was paid before bidding began: it goes back by this line."""
    return BankLine(
        id=new_id(),
        bank_reference=f"before-{entrant.registration_id.hex}",
        court_code=COURT,
        virtual_account_no=entrant.virtual_account_no,
        amount_fen=deposit_fen,
        booked_fen=deposit_fen,
        payer_sealed=b"-",
        payer_match=name_match(entrant.name),
        booked_at=work.now,
        state=BankLineState.MATCHED,
        matched_to="deposit",
        matched_at=work.now,
        registration_id=entrant.registration_id,
    ).model_dump()


def _changes(entrant: Entrant, number: str, deposit_fen: int, code: str) -> dict[str, object]:
    identity = BidderIdentity(
        account_id=entrant.account_id, name=entrant.name, number=number, phone="13000000000"
    )
    late = entrant.pays_late
    return {
        "id": entrant.registration_id,
        "identity_sealed": seal(identity, entrant.registration_id),
        "name_match": name_match(entrant.name),
        "virtual_account_no": entrant.virtual_account_no,
        "priority_order": entrant.priority_order,
        "state": RegistrationState.DEPOSIT_PENDING if late else RegistrationState.QUALIFIED,
        "code": None if late else code,
        "deposit_state": DepositState.PENDING if late else DepositState.RECEIVED,
        "deposit_paid_fen": 0 if late else deposit_fen,
    }

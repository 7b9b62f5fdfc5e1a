"""The product, driven by its use cases as people would, at a court clock that stands still until it is moved."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlmodel import col, select

from auction.bidding.log import RECEIPT_PURPOSE
from auction.bidding.place_bid import place_bid
from auction.bidding.published_log import public_log
from auction.bidding.sequencer import BiddingDesk
from auction.bidding.verify_log import Replay, verify_log
from auction.in_kind.answer import record_answer
from auction.in_kind.models import Answer, InKindInquiry, InKindOffer
from auction.listing.disclosure import read_disclosure, to_stored
from auction.listing.models import Lot, LotBidding, Round
from auction.listing.publish_lot import publish_lot
from auction.payments.models import PaymentOrder, PaymentOrderState
from auction.payments.record_line import StatementLine, record_bank_line
from auction.priority.claims import claim_priority
from auction.priority.decide import decide_claim
from auction.priority.models import PriorityKind
from auction.registration.models import Registration
from auction.registration.register import register_for_lot
from auction.settlement.models import Settlement
from core.audit import verify_stream
from core.clock import COURT_ZONE, set_clock
from core.crypto import SigningKey
from core.database import Database, Work
from core.identity import SYSTEM, Actor
from core.ledger import trial_balance
from core.outbox.timetable import PERIODIC, run_periodic
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.surveys.conduct import begin_survey, complete_survey, record_finding
from disposal_teams.surveys.matrix import required_items
from tests.auction.listing.workshop import PANEL, TEAM, decided, made_ready, ready_lot
from tests.auction.market import FINANCE, Person, signed_up
from tests.auction.registration.desk import FILES
from tests.conftest import CourtClock
from tests.working_off import work_off

STILL = 1e-12
"""Court seconds in a real one: an hour of testing is no microsecond."""
PEOPLE = ("甲", "乙", "丙", "丁")
JOBS = (
    "resume_lots_on_time",
    "open_lots",
    "close_lots",
    "open_lots",
    "tidy_inquiries",
    "prepare_missed_rounds",
)


@dataclass(frozen=True, slots=True)
class Town:
    """What every life begins with: an asset whose first draft is ready to be published, and four people."""

    asset_id: UUID
    lot_id: UUID
    people: dict[str, Person]


async def found_town(database: Database, clock: CourtClock) -> Town:
    """Make it, once."""
    async with database.begin(SYSTEM) as work:
        team, made, lot = await ready_lot(work)
        ready_at = team.now
    people = {who: await signed_up(database) for who in PEOPLE}
    async with database.begin(SYSTEM) as work:
        await set_clock(work.session, court_time=ready_at, speed=STILL)
    await work_off(database)
    return Town(made.asset.id, lot.id, people)


@dataclass(slots=True)
class Stand:
    """How the newest run stands in the database."""

    lot: Lot
    bidding: LotBidding | None
    entries: dict[UUID, Registration]
    settlement: Settlement | None


async def survey_again(work: Work, asset: Asset) -> None:
    """A survey holds for ninety days (A-15)."""
    survey = await begin_survey(work, asset, surveyor_names="甲、乙")
    for item in required_items(AssetKind(asset.kind), asset.attributes):
        kind = sorted(item.evidence)[0]
        await record_finding(
            work, survey, item=item.code, finding="无变化", evidence_kind=kind, evidence_ref="卷3"
        )
    await complete_survey(work, survey)


def asked_again(lot: Lot, work: Work) -> dict[str, Any]:
    """What the notice discloses of arrears and the like holds as long as the survey (B-15)."""
    disclosure = read_disclosure(lot.disclosure)
    today = work.now.astimezone(COURT_ZONE).date()
    special = {
        code: msgspec.structs.replace(fact, as_of=today) if fact.as_of else fact
        for code, fact in disclosure.special.items()
    }
    return to_stored(msgspec.structs.replace(disclosure, special=special))


class Hall:
    """One copy of the town, and what can be done there."""

    def __init__(self, url: str, town: Town) -> None:
        self.database = Database(url, pool_size=2, hot_pool_size=2)
        self.town, self.lot_id = town, town.lot_id
        self.desk = BiddingDesk(self.database, get_settings().encryption_key())
        self.references = 0

    async def close(self) -> None:
        await self.desk.close()
        await self.database.close()

    async def now(self) -> datetime:
        async with self.database.read() as work:
            return work.now

    async def travel_to(self, moment: datetime) -> None:
        async with self.database.begin(SYSTEM) as work:
            await set_clock(work.session, court_time=moment, speed=STILL)

    async def tick(self) -> None:
        """The periodic jobs once, and every message that follows, each delivered twice."""
        for name in JOBS:
            (job,) = (job for job in PERIODIC.values() if job.name.endswith(f".{name}"))
            await run_periodic(self.database, job)
        await work_off(self.database, twice=True)

    async def act(self, actor: Actor, step: Any, *arguments: Any, **options: Any) -> Any:
        """A use case in a transaction, and every message that follows, each delivered twice."""
        async with self.database.begin(actor) as work:
            done = await step(work, *arguments, **options)
        await work_off(self.database, twice=True)
        return done

    # --- the team ----------------------------------------------------------------------------------------------------

    async def newest_lot(self) -> Lot:
        async with self.database.read() as work:
            rows = await work.session.exec(
                select(Lot).where(Lot.asset_id == self.town.asset_id).order_by(col(Lot.id).desc())
            )
            lot = rows.first()
        assert lot is not None
        self.lot_id = lot.id
        return lot

    async def make_ready(self, start_fen: int) -> None:
        """What the team and the panel do for a further round: decide, complete the draft, notify, wait."""
        async with self.database.begin(TEAM) as work:
            lot = await work.session.get_one(Lot, self.lot_id)
            asset = await work.session.get_one(Asset, self.town.asset_id)
            await survey_again(work, asset)
            lot.disclosure = asked_again(lot, work)
            await decided(work, SimpleNamespace(asset=asset), start=start_fen, deposit_fen=lot.deposit_fen)  # type: ignore[arg-type]
            days = {Round.FIRST: 31, Round.SECOND: 16, Round.SELL_OFF: 16}[Round(lot.round)]
            team = await made_ready(work, lot, notice_days=days)
        await self.travel_to(team.now)
        await work_off(self.database, twice=True)

    async def publish(self) -> Lot:
        await self.act(TEAM, publish_lot, self.lot_id)
        return await self.newest_lot()

    async def creditors_answer(self, answer: Answer) -> None:
        """The creditors' written answers to the newest inquiry."""
        async with self.database.begin(TEAM) as work:
            rows = await work.session.exec(
                select(InKindInquiry)
                .join(InKindOffer, col(InKindOffer.id) == col(InKindInquiry.offer_id))
                .where(InKindOffer.lot_id == self.lot_id)
            )
            for line in list(rows):
                await record_answer(work, line.id, answer=answer, proof="回函")
        await work_off(self.database, twice=True)

    async def confirm_priority(self, who: str, order: int) -> None:
        claim = await self.act(
            self.town.people[who].actor,
            claim_priority,
            self.lot_id,
            kind=PriorityKind.CO_OWNER,
            statement="按份共有。",
            files=FILES,
        )
        members = ["审判长", "审判员甲", "审判员乙"]
        await self.act(
            PANEL, decide_claim, claim.id, confirm=True, order=order, members=members, reason="属实。"
        )

    # --- bidders and the bank ----------------------------------------------------------------------------------------

    async def enter(self, who: str) -> Registration:
        return await self.act(  # type: ignore[no-any-return]
            self.town.people[who].actor, register_for_lot, self.lot_id, accepts_rules=True
        )

    async def bid(self, who: str, amount_fen: int) -> str:
        self.references += 1
        receipt = await place_bid(
            self.desk,
            self.town.people[who].actor,
            self.lot_id,
            amount_fen,
            f"key-{self.references:08}",
            await self.now(),
        )
        return str(receipt.outcome)

    async def pay(self, account_no: str, amount_fen: int, payer: str, *, again: bool = False) -> None:
        """A line of the bank's statement; `again`: the same line a second time."""
        self.references += not again
        reference = f"ref-{self.references}"
        now = await self.now()
        line = StatementLine(reference, account_no, amount_fen, payer, now)
        await self.act(FINANCE, record_bank_line, FINANCE.court_code, line)

    # --- what stands -------------------------------------------------------------------------------------------------

    async def stand(self) -> Stand:
        async with self.database.read() as work:
            lot = await work.session.get_one(Lot, self.lot_id)
            bidding = await work.session.get(LotBidding, self.lot_id)
            entries = await work.session.exec(select(Registration).where(Registration.lot_id == self.lot_id))
            settlement = await work.session.get(Settlement, self.lot_id)
            return Stand(lot, bidding, {entry.id: entry for entry in entries}, settlement)

    async def books(self) -> dict[str, int]:
        async with self.database.read() as work:
            return {kind: total for kind, total in (await trial_balance(work)).items() if total}

    async def deposits(self) -> dict[UUID, int]:
        """What each deposit account holds."""
        async with self.database.read() as work:
            rows = await work.session.execute(
                text(
                    "SELECT split_part(code, ':', 2) AS entry, -sum(amount_fen) AS held FROM ledger_posting "
                    "JOIN ledger_account ON ledger_account.id = account_id WHERE kind = 'deposit_held' GROUP BY code"
                )
            )
            return {UUID(row.entry): int(row.held) for row in rows if row.held}

    async def events(self) -> Counter[str]:
        async with self.database.read() as work:
            rows = await work.session.execute(
                text("SELECT event, count(*) FROM audit_event WHERE lot_id = :lot GROUP BY event"),
                {"lot": self.lot_id},
            )
            return Counter({str(event): int(count) for event, count in rows.all()})

    async def faults(self) -> list[str]:
        """Whatever must never be, whoever did what."""
        async with self.database.read() as work:
            faults = await self._log_faults(work)
            broken = await verify_stream(work, f"lot:{self.lot_id}")
            faults += [] if broken is None else [str(broken)]
            orders = await work.session.exec(select(PaymentOrder))
            faults += [
                f"{order.key} stands at {order.state}"
                for order in orders
                if order.state != PaymentOrderState.EXECUTED
            ]
            waiting = await work.session.execute(
                text(
                    "SELECT task, last_error FROM outbox_message WHERE done_at IS NULL AND available_at <= court_now()"
                )
            )
            faults += [f"not done: {row}" for row in waiting]
        return faults

    async def _log_faults(self, work: Work) -> list[str]:
        """The published log holds, and replayed it gives what the contested row says."""
        bidding = await work.session.get(LotBidding, self.lot_id)
        if bidding is None:
            return []
        lot = await work.session.get_one(Lot, self.lot_id)
        log = await public_log(work, lot.lot_no, SigningKey(get_settings().encryption_key(), RECEIPT_PURPOSE))
        faults = [f"{fault.seq}: {fault.reason}" for fault in verify_log(log)]
        replay = Replay(log.lot_id, log.procedure, log.end_moves, log.closed_at)
        replay.feed(log.entries)
        state = replay.state
        found = (bidding.current_price_fen, bidding.leader_code, bidding.accepted_count, bidding.last_seq)
        wanted = (state.price_fen, state.leader_code, state.accepted_count, len(log.entries))
        return faults if found == wanted else [*faults, f"replayed {wanted}, stands {found}"]

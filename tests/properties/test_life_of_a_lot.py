"""The whole life of a lot against a model, on a real PostgreSQL: after every step both say the same (§11.3, §11.5).

`DISPOSAL_LIVES` and `DISPOSAL_STEPS` make it longer than the short run of every day.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from auction.in_kind.models import Answer
from auction.listing.publish_lot import ChecklistRefused
from auction.registration.withdraw import withdraw_registration
from auction.revocation.revoke_sale import revoke_sale
from auction.settlement.default import declare_default
from auction.settlement.ruling import issue_ruling, send_registry_notice, serve_ruling
from auction.suspension.end_stay import end_stays
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.suspension.resume import resume_lots
from auction.withdrawal.end_sale import end_sale
from auction.withdrawal.withdraw_lot import withdraw_lot
from core.errors import DisposalError
from tests.auction.listing.workshop import PANEL, TEAM
from tests.auction.market import deliver
from tests.auction.revocation.test_revocation import JUDGE, WHY
from tests.conftest import Snapshot, cloned_database, snapshot
from tests.properties.lot_hall import PEOPLE, Hall, Town, found_town
from tests.properties.lot_model import PAID, STEP, Run

LIVES, STEPS = int(os.environ.get("DISPOSAL_LIVES", "5")), int(os.environ.get("DISPOSAL_STEPS", "14"))
THREE = ("审判长甲", "审判员乙", "审判员丙")
COUNTED = ("lot.paused", "lot.resumed", "lot.bidding_opened", "lot.sold", "lot.failed", "sale.confirmed")
Got = TypeVar("Got")
people = st.sampled_from(PEOPLE)


class LifeOfALot(RuleBasedStateMachine):
    """One asset from its first draft to wherever chance leads it."""

    url: str
    town: Town

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.open = ExitStack()
        url = self.open.enter_context(cloned_database(self.url, self.town[0]))  # type: ignore[index]
        self.hall = Hall(url, self.town[1])  # type: ignore[index]
        self.unclaimed = 0
        self.kept = 0
        self.barred: set[str] = set()
        self.ids: dict[str, Any] = {}
        self.taken = False
        self._read_draft()

    def teardown(self) -> None:
        self.do(self.hall.close())
        self.loop.close()
        self.open.close()

    def do(self, doing: Awaitable[Got]) -> Got:
        return self.loop.run(doing)  # type: ignore[arg-type]

    def allowed(self, step: Callable[[], Awaitable[Any]], *, when: bool) -> Any:
        """Do it if the model allows it; otherwise it must be refused with a reason."""
        if when:
            return self.do(step())
        with pytest.raises(DisposalError):
            self.do(step())
        return None

    @property
    def now(self) -> datetime:
        return self.do(self.hall.now())

    def _read_draft(self) -> None:
        lot = self.do(self.hall.newest_lot())
        assert lot.starts_at is not None
        assert lot.scheduled_end_at is not None
        self.run = Run(
            lot.round, lot.starting_price_fen, lot.deposit_fen, lot.starts_at, lot.scheduled_end_at
        )
        self.ids = {}

    # --- the notice --------------------------------------------------------------------------------------------------

    @initialize(
        chapter=st.sampled_from(["notice", "bidding", "bidding", "sold", "sold", "second", "sell_off"]),
        entrants=st.sets(people, min_size=2),
        first=st.booleans(),
    )
    def begin(self, chapter: str, entrants: set[str], first: bool) -> None:
        """Lives are short: some begin later, by the same steps."""
        self._publish()
        for _ in range({"second": 1, "sell_off": 2}.get(chapter, 0)):
            self.time_passes("end", clock_ticks=True)
            self.next_round(early=False, take=False)
        if first:
            self.do(self.hall.confirm_priority("丁", 1))
            self.run.orders["丁"] = 1
        for who in sorted(entrants):
            self.enter(who)
            self.pay(who, 100, own_name=True)
        if chapter != "notice":
            self.time_passes("start", clock_ticks=True)
        if chapter == "sold":
            self.bid(min(entrants), 1, 0)
            self.time_passes("end", clock_ticks=True)

    def _publish(self) -> None:
        lot = self.do(self.hall.publish())
        assert lot.starts_at is not None
        assert lot.scheduled_end_at is not None
        self.run.state, self.run.starts, self.run.ends = "published", lot.starts_at, lot.scheduled_end_at
        self.run.start_price, self.run.deposit = lot.starting_price_fen, lot.deposit_fen

    @precondition(lambda self: self.run.state in {"failed", "defaulted"} and not self.taken)
    @rule(early=st.booleans(), take=st.sampled_from([False, False, False, True]))
    def next_round(self, early: bool, take: bool) -> None:
        """After a failure or a default the same asset goes on (B-26, B-35, X-01), unless a creditor takes it (B-74)."""
        before = self.run
        if before.state == "failed":
            self.do(self.hall.creditors_answer(Answer.TAKE if take else Answer.REFUSE))
            if take:
                self.taken = True
                return
        self._read_draft()
        if early:
            with pytest.raises(ChecklistRefused):
                self.do(self.hall.publish())
        start = before.start_price
        if before.state == "failed" and before.round == "first":
            assert self.run.start_price == start * 80 // 100
            start = self.run.start_price
        self.do(self.hall.make_ready(start))
        self._publish()
        expected = {
            "failed": {"first": "second", "second": "sell_off"},
            "defaulted": {before.round: before.round},
        }
        assert self.run.round == expected[before.state][before.round]
        assert self.run.start_price == start

    # --- entries and money -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.run.state != "draft")
    @rule(who=people)
    def enter(self, who: str) -> None:
        entry = self.run.entries.get(who)
        standing = entry is not None and not entry.withdrawn
        may = standing or (self.run.may_enter(self.now) and who not in self.barred)
        made = self.allowed(lambda: self.hall.enter(who), when=may)
        if may:
            self.run.enter(who)
            self.ids[who] = made.id

    @precondition(lambda self: bool(self.run.entries))
    @rule(
        who=people,
        percent=st.sampled_from([50, 100, 100, 150]),
        own_name=st.sampled_from([True, True, True, False]),
    )
    def pay(self, who: str, percent: int, own_name: bool) -> None:
        if who not in self.run.entries:
            return
        entry = self.do(self.hall.stand()).entries[self.ids[who]]
        amount = self.run.entries[who].due * percent // 100
        payer = self.hall.town.people[who].name if own_name else "路人"
        for again in (False, True):  # the bank's statement is read twice
            self.do(self.hall.pay(entry.virtual_account_no, amount, payer, again=again))
        self.unclaimed += self.run.deposit_paid(who, amount, own_name=own_name, now=self.now)

    @precondition(lambda self: bool(self.run.entries) and self.run.state != "draft")
    @rule(who=people)
    def leave(self, who: str) -> None:
        may = self.run.may_leave(who, self.now)
        actor = self.hall.town.people[who].actor
        self.allowed(lambda: self.hall.act(actor, withdraw_registration, self.hall.lot_id), when=may)
        if may:
            self.run.entries[who].withdrawn, self.run.entries[who].held = True, 0

    # --- bidding -----------------------------------------------------------------------------------------------------

    @precondition(lambda self: bool(self.run.entries) and self.run.state != "draft")
    @rule(who=people, steps=st.sampled_from([1, 1, 1, 2, 0, 0, -1]), slip=st.sampled_from([0] * 5 + [1]))
    def bid(self, who: str, steps: int, slip: int) -> None:
        base = self.run.start_price - STEP if self.run.price is None else self.run.price
        amount = base + steps * STEP + slip
        if who not in self.run.entries:
            with pytest.raises(DisposalError):
                self.do(self.hall.bid(who, amount))
            return
        expected = self.run.bid(who, amount, self.now)
        assert self.do(self.hall.bid(who, amount)) == expected

    @rule(
        to=st.sampled_from(["start", "end", "end", "nearly", "nearly", "resumption", "resumption", "hour"]),
        clock_ticks=st.booleans(),
    )
    def time_passes(self, to: str, clock_ticks: bool) -> None:
        moment = {
            "start": self.run.starts,
            "end": self.run.ends,
            "nearly": self.run.ends - timedelta(minutes=2),
            "resumption": self.run.resumes or self.now,
            "hour": self.now + timedelta(hours=1),
        }[to]
        if moment > self.now:
            self.do(self.hall.travel_to(moment))
        if clock_ticks:
            self.tick()

    @rule()
    def tick(self) -> None:
        self.do(self.hall.tick())
        self.run.clock_ticks(self.now)

    # --- stops and ends ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.run.state != "draft")
    @rule(luck=st.integers(0, 3))
    def pause(self, luck: int) -> None:
        if luck:
            return
        may = self.run.may_pause(self.now)
        order = {
            "kind": StayKind.SUSPENSION,
            "ground": "settlement",
            "reason": "和解",
            "approver": "局长",
            "panel": THREE,
        }
        self.allowed(lambda: self.hall.act(TEAM, pause_lots, [self.hall.lot_id], **order), when=may)
        if may:
            self.run.pause(self.now)

    @precondition(lambda self: self.run.state == "paused")
    @rule(grounds_end=st.sampled_from([True, True, True, False]))
    def resume(self, grounds_end: bool) -> None:
        if grounds_end:
            self.do(self.hall.act(TEAM, end_stays, [self.hall.lot_id], note="和解未履行"))
            self.run.grounds = 0
        may = self.run.grounds == 0
        options = {"reason": "恢复执行", "approver": "局长"}
        self.allowed(lambda: self.hall.act(TEAM, resume_lots, [self.hall.lot_id], **options), when=may)
        if may:
            self.run.resume(self.now)

    @precondition(lambda self: self.run.state in {"published", "bidding", "paused", "selloff_open"})
    @rule(luck=st.integers(0, 7))
    def withdraw(self, luck: int) -> None:
        if luck:
            return
        begun = self.run.has_begun(self.now)
        options: dict[str, Any] = {"ground": "facts_changed", "reason": "公告事实变化"}
        self.allowed(lambda: self.hall.act(TEAM, withdraw_lot, self.hall.lot_id, **options), when=not begun)
        if not begun:
            self.run.end_without_sale()
            return
        over = self.run.is_over(self.now)
        options |= {"approver": "局长", "panel": THREE}
        self.allowed(lambda: self.hall.act(TEAM, end_sale, self.hall.lot_id, **options), when=not over)
        if not over:
            self.run.end_without_sale()

    # --- after the sale ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.run.settlement is not None)
    @rule(part=st.sampled_from([2, 1, 1]))
    def pay_balance(self, part: int) -> None:
        settlement = self.do(self.hall.stand()).settlement
        assert settlement is not None
        amount = max(STEP, self.run.balance_due // part)
        self.do(self.hall.pay(settlement.virtual_account_no, amount, "某银行（代付）"))
        self.unclaimed += self.run.balance_comes(amount)

    @precondition(lambda self: self.run.settlement == "await_balance")
    @rule(overdue=st.booleans())
    def default(self, overdue: bool) -> None:
        settlement = self.do(self.hall.stand()).settlement
        assert settlement is not None
        if overdue:
            self.do(self.hall.travel_to(max(self.now, settlement.balance_due_at)))
        may = self.now >= settlement.balance_due_at
        self.allowed(
            lambda: self.hall.act(PANEL, declare_default, self.hall.lot_id, reason="price_regret"), when=may
        )
        if may:
            self.run.state, self.run.settlement, self.run.balance_paid = "defaulted", "defaulted", 0
            self.kept += self.run.kept
            assert self.run.leader is not None
            self.barred.add(self.run.leader)

    @precondition(lambda self: self.run.settlement in PAID[:-1])
    @rule()
    def go_on_with_the_sale(self) -> None:
        steps: dict[str, Any] = dict(
            zip(PAID[:-1], (issue_ruling, serve_ruling, send_registry_notice, deliver), strict=True)
        )
        assert self.run.settlement is not None
        self.do(self.hall.act(TEAM, steps[self.run.settlement], self.hall.lot_id))
        self.run.settlement = PAID[PAID.index(self.run.settlement) + 1]

    @precondition(lambda self: self.run.state == "sold")
    @rule(luck=st.integers(0, 3))
    def revoke(self, luck: int) -> None:
        if luck:
            return
        self.do(self.hall.act(JUDGE, revoke_sale, self.hall.lot_id, **WHY))
        self.run.state = self.run.settlement = "revoked"
        self.run.balance_paid = 0
        self.run.release()

    # --- both say the same -------------------------------------------------------------------------------------------

    @invariant()
    def the_lot_stands_as_the_model_says(self) -> None:
        stand = self.do(self.hall.stand())
        lot, bidding = stand.lot, stand.bidding
        assert lot.state == self.run.state
        assert (None if stand.settlement is None else stand.settlement.state) == self.run.settlement
        assert {entry_id: (entry.state == "qualified") for entry_id, entry in stand.entries.items()} == {
            self.ids[who]: entry.qualified for who, entry in self._taking_part()
        } or self.run.is_over(self.now)
        if bidding is None:
            return
        leader = self.ids.get(self.run.leader or "")
        assert (bidding.current_price_fen, bidding.leader_registration_id) == (self.run.price, leader)
        assert (bidding.last_seq, bidding.extension_count) == (len(self.run.outcomes), self.run.extensions)
        if self.run.state not in {"paused", "withdrawn"}:
            assert (bidding.starts_at, bidding.ends_at) == (self.run.starts, self.run.ends)
        events = self.do(self.hall.events())
        assert {name: events[name] for name in COUNTED} == {name: self.run.events[name] for name in COUNTED}

    def _taking_part(self) -> list[tuple[str, Any]]:
        return list(self.run.entries.items())

    @invariant()
    def every_yuan_is_where_the_model_says(self) -> None:
        books = self.do(self.hall.books())
        assert sum(books.values()) == 0
        money = self.run.money()
        money["deposit_forfeited"] = self.kept
        money["unclaimed"] += self.unclaimed
        money["bank"] = -sum(money.values())
        assert books == {kind: -amount for kind, amount in money.items() if amount}
        if self.run.state not in {"sold", "defaulted", "revoked"}:
            held = {self.ids[who]: entry.held for who, entry in self.run.entries.items() if entry.held}
            assert self.do(self.hall.deposits()) == held

    @invariant()
    def nothing_is_wrong_with_log_audit_orders_and_messages(self) -> None:
        assert self.do(self.hall.faults()) == []


@pytest.fixture(scope="session")
async def ready_town(server_url: str) -> Any:
    """The town in which every life begins."""
    async with snapshot(server_url, found_town) as city:
        yield city


@pytest.mark.slow
def test_a_lot_lives_as_its_model_does(server_url: str, ready_town: Snapshot[Town]) -> None:
    class Life(LifeOfALot):
        url = server_url
        town = (ready_town.template, ready_town.made)  # type: ignore[assignment]

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # A life takes seconds: the failing one is told as it was, and not made shorter for minutes.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
        ),
    )

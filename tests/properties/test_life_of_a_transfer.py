"""The whole life of a transfer against a model, on a real PostgreSQL (§11.6): one court holds the asset, one clock runs, and
whatever the courts do or leave undone, the request comes to its end."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import select

from core.audit import verify_stream
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.deadlines import Deadline, DeadlineState
from core.errors import DisposalError
from core.identity import SYSTEM, Actor
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.cases.queries import case_of
from disposal_teams.transfers.answer import (
    consent_transfer,
    receive_request,
    refuse_transfer,
    return_for_supplement,
    supplement_request,
)
from disposal_teams.transfers.complete_handover import confirm_files, deliver_files, hand_over_of
from disposal_teams.transfers.decide import decide_transfer
from disposal_teams.transfers.models import (
    OPEN_TRANSFER_STATES,
    RefusalReason,
    TransferBasis,
    TransferDecision,
    TransferRequest,
    TransferState,
)
from disposal_teams.transfers.request import recall_transfer, request_of, request_transfer
from disposal_teams.transfers.rules import STEPS, Step
from tests.conftest import CourtClock, Snapshot, cloned_database, snapshot
from tests.disposal_teams.city import (
    DIRECTOR,
    HUQIU,
    MIDDLE,
    WUZHONG,
    Disputed,
    acting,
    make_disputed,
    person,
    superior,
)
from tests.working_off import sweep

LIVES, LENGTH = int(os.environ.get("DISPOSAL_LIVES", "6")), int(os.environ.get("DISPOSAL_STEPS", "12"))
S = TransferState
Got = TypeVar("Got")
FIRST, WAITING = person(HUQIU, *DIRECTOR), person(WUZHONG, *DIRECTOR)
SWEEPS = ("sweep_deadlines", "find_due_transfers", "remind_first_courts")
CLOCK_OF = {
    S.REQUESTED: ("L-29", HUQIU),
    S.RECEIVED: ("L-29", HUQIU),
    S.RETURNED_FOR_SUPPLEMENT: ("T-03", WUZHONG),
    S.COORDINATING: ("L-30", MIDDLE),
}
PAPER = {"title", "seal_papers", "originals", "keys", "contacts"}


class LifeOfATransfer(RuleBasedStateMachine):
    """One asset between two courts and their superior."""

    town: Snapshot[Disputed]
    url: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.open = ExitStack()
        url = self.open.enter_context(cloned_database(self.url, self.town.template))
        self.database = self.loop.run(self._connect(url))
        self.clock = CourtClock(self.database)
        self.asset_id = self.town.made.asset.id
        self.case_id = self.town.made.waiting_case.id
        self.transfer_id: UUID | None = None
        self.state: TransferState | None = None
        self.holder = HUQIU

    async def _connect(self, url: str) -> Database:
        return Database(url, pool_size=2)

    def teardown(self) -> None:
        self.loop.run(self.database.close())
        self.loop.close()
        self.open.close()

    def _try(self, actor: Actor, act: Callable[[Work, TransferRequest], Awaitable[Any]], step: Step) -> bool:
        """The act, which must succeed exactly where §11.6 has the step."""
        if self.transfer_id is None:
            return False
        transfer_id = self.transfer_id

        async def go() -> None:
            async with self.database.begin(actor) as work:
                await act(work, await request_of(work, transfer_id))

        allowed = self.state in STEPS[step][0]
        try:
            self.loop.run(go())
        except DisposalError:
            assert not allowed, (step, self.state)
            return False
        assert allowed, (step, self.state)
        self.state = STEPS[step][1]
        return True

    @rule()
    def ask(self) -> None:
        async def go() -> UUID:
            async with self.database.begin(WAITING) as work:
                asset = await work.session.get_one(Asset, self.asset_id)
                case = await case_of(work, self.case_id)
                request = await request_transfer(
                    work,
                    asset=asset,
                    requesting_case=case,
                    basis=TransferBasis.ANY_WAITING_COURT,
                    reason="久未处置",
                )
                return request.id

        may = self.holder == HUQIU and (self.state is None or self.state is S.RECALLED)
        try:
            self.transfer_id = self.loop.run(go())
        except DisposalError:
            assert not may, self.state
            return
        assert may, self.state
        self.state = S.REQUESTED

    @rule()
    def receive(self) -> None:
        async def act(work: Work, request: TransferRequest) -> None:
            await receive_request(work, request)

        if self.state is S.REQUESTED:
            self._try(FIRST, act, Step.RECEIVE)

    @rule()
    def consent(self) -> None:
        if self.holder != HUQIU:
            return
        if self._try(FIRST, consent_transfer, Step.CONSENT):
            self.holder = WUZHONG

    @rule()
    def refuse(self) -> None:
        if self._try(
            FIRST,
            lambda work, request: refuse_transfer(work, request, code=RefusalReason.OTHER, reason="不同意"),
            Step.REFUSE,
        ):
            self._sweep()

    @rule()
    def send_back(self) -> None:
        if self.state in {S.REQUESTED, S.RECEIVED} and not self._was_returned():
            self._try(
                FIRST,
                lambda work, request: return_for_supplement(work, request, missing="缺生效证明"),
                Step.RETURN,
            )

    @rule()
    def supplement(self) -> None:
        self._try(
            WAITING, lambda work, request: supplement_request(work, request, added="已补"), Step.SUPPLEMENT
        )

    @rule()
    def recall(self) -> None:
        self._try(WAITING, lambda work, request: recall_transfer(work, request, reason="已受偿"), Step.RECALL)

    @rule(decision=st.sampled_from(TransferDecision), days=st.integers(1, 40))
    def decide(self, decision: TransferDecision, days: int) -> None:
        due_on = self._today() + timedelta(days=days)
        if self._try(
            superior(),
            lambda work, request: decide_transfer(
                work, request, decision=decision, reason="权衡", due_on=due_on, panel=("甲", "乙", "丙")
            ),
            Step.DECIDE,
        ):
            self.holder = {
                TransferDecision.DESIGNATE_REQUESTER: WUZHONG,
                TransferDecision.RAISE: MIDDLE,
                TransferDecision.ORDER_FIRST_COURT: HUQIU,
                TransferDecision.JOINT: HUQIU,
            }[decision]

    @rule()
    def hand_the_files_over(self) -> None:
        async def go() -> None:
            async with self.database.begin(SYSTEM) as work:
                assert self.transfer_id is not None
                opened = await hand_over_of(work, self.transfer_id)
                if opened is None or opened.confirmed_at is not None:
                    return
                old, new = person(opened.from_court, *DIRECTOR), person(opened.to_court, *DIRECTOR)
                if opened.from_court == MIDDLE or opened.to_court == MIDDLE:
                    return
                await deliver_files(acting(work, old), self.transfer_id, handed=PAPER)
                done = await confirm_files(acting(work, new), self.transfer_id)
                assert done.score == 100

        if self.transfer_id is not None:
            self.loop.run(go())

    @rule(days=st.sampled_from((1, 3, 6, 45)))
    def pass_time(self, days: int) -> None:
        self.loop.run(self.clock.pass_time(timedelta(days=days)))
        self._sweep()

    def _sweep(self) -> None:
        """The workers do what is due; the model follows from the rows what the law says of them."""
        self.loop.run(sweep(self.database, *SWEEPS))
        if self.transfer_id is None:
            return
        request = self.loop.run(self._request())
        now = self.loop.run(self.clock.now())
        after = S(request.state)
        if self.state in {S.REQUESTED, S.RECEIVED}:
            assert request.answer_due_at is not None
            assert after is (S.COORDINATING if request.answer_due_at <= now else self.state)
        elif self.state is S.RETURNED_FOR_SUPPLEMENT:
            assert request.supplement_due_at is not None
            assert after is (S.RECALLED if request.supplement_due_at <= now else self.state)
        elif self.state is S.REFUSED:
            assert after is S.COORDINATING
        elif self.state is S.DECIDED and after is not S.DECIDED:
            assert after is S.COORDINATING
            assert request.follow_up_due_on is None
        else:
            assert after is self.state
        self.state = after

    async def _request(self) -> TransferRequest:
        async with self.database.read(SYSTEM) as work:
            assert self.transfer_id is not None
            return await work.session.get_one(TransferRequest, self.transfer_id)

    def _was_returned(self) -> bool:
        return self.loop.run(self._request()).supplement_note is not None

    def _today(self) -> date:
        return self.loop.run(self.clock.now()).astimezone(COURT_ZONE).date()

    @invariant()
    def both_say_the_same(self) -> None:
        self.loop.run(self._compare())

    async def _compare(self) -> None:
        async with self.database.read(SYSTEM) as work:
            asset = await work.session.get_one(Asset, self.asset_id)
            assert asset.court_code == self.holder
            pending = self.state in OPEN_TRANSFER_STATES
            assert (asset.state == AssetState.TRANSFER_PENDING) == pending
            seal = await seal_in_force(work, self.asset_id)
            assert seal is not None
            assert seal.position == 1
            kept = SealState.EFFECTIVE if self.holder == HUQIU else SealState.TREATED_AS_TRANSFERRED
            assert seal.state == kept
            assert len((await work.session.exec(select(Seal))).all()) == 2
            running = await work.session.exec(
                select(Deadline).where(
                    Deadline.state == DeadlineState.RUNNING,
                    Deadline.subject_kind == "transfer",
                )
            )
            clocks = {clock.rule: clock.owner_court for clock in running}
            files = clocks.pop("T-04", None)
            assert files is None or self.transfer_id is not None
            if self.state in CLOCK_OF:
                rule_, court = CLOCK_OF[self.state]
                assert clocks.get(rule_, court) == court
                assert set(clocks) <= {rule_}
            elif self.state is S.DECIDED:
                assert set(clocks) <= {"T-06"}
                assert clocks.get("T-06", self.holder) == self.holder
            else:
                assert clocks == {}
            assert await verify_stream(work, f"asset:{self.asset_id}") is None


@pytest.fixture(scope="module")
async def town(server_url: str) -> AsyncIterator[Snapshot[Disputed]]:
    """An asset that 虎丘 has sealed first, and on which 吴中 waits."""

    async def make(database: Database, clock: CourtClock) -> Disputed:
        async with database.begin(SYSTEM) as work:
            return await make_disputed(work)

    async with snapshot(server_url, make) as made:
        yield made


def test_whatever_the_courts_do_a_transfer_keeps_its_law(server_url: str, town: Snapshot[Disputed]) -> None:
    made = town

    class Life(LifeOfATransfer):
        url = server_url
        town = made

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=LENGTH,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
        ),
    )

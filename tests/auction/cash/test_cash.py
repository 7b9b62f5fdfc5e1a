"""Cash by exception (M-02): two officers, a receipt on the spot, with finance the same day or the next."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from auction.cash.hand_in import receive_cash
from auction.cash.models import CashState, CashTaking
from auction.cash.queries import cash_of_court, colleagues, shown_by_bank
from auction.cash.rules import hand_in_by, put_off_to
from auction.cash.take import confirm_taking, put_off_hand_in, take_cash
from core.audit import history, verify_stream
from core.database import Work
from core.deadlines.models import DeadlineState
from core.deadlines.queries import deadlines_about
from core.documents import document_by_id
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import as_actor, open_account
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.courts.establish import establish_courts
from tests.disposal_teams.city import HUQIU, KUNSHAN, acting, make_case


@dataclass(slots=True)
class Scene:
    """A case of 虎丘 and the people of its court."""

    work: Work
    case: EnforcementCase
    officer: Actor
    clerk: Actor
    finance: Actor
    stranger: Actor

    async def take(self, **given: Any) -> CashTaking:
        """8,000.50 yuan, taken by officer and clerk."""
        fields: dict[str, Any] = {
            "payer": "被执行人甲", "amount_fen": 800_050, "why": "银行账户已被其他法院冻结。", "place": "被执行人住所",
            "second_officer": self.clerk.account_id, **given,
        }  # fmt: skip
        return await take_cash(acting(self.work, fields.pop("by", self.officer)), self.case.id, **fields)


@pytest.fixture
async def scene(work: Work) -> Scene:
    await establish_courts(work)
    people = []
    for login, role, court in (
        ("cash-officer", Role.CASE_OFFICER, HUQIU),
        ("cash-clerk", Role.CLERK, HUQIU),
        ("cash-finance", Role.FINANCE, HUQIU),
        ("cash-stranger", Role.CASE_OFFICER, KUNSHAN),
    ):
        account = await open_account(
            work, login=login, password_hash="x", display_name=login, roles={role}, court_code=court
        )
        people.append(as_actor(account))
    return Scene(work, await make_case(work, HUQIU, 81), *people)


async def test_M02_two_officers_a_receipt_and_the_same_day_with_finance(scene: Scene) -> None:
    work = scene.work
    taking = await scene.take()
    assert taking.receipt_id is not None
    paper = await document_by_id(work, taking.receipt_id)
    words = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages).split())
    for part in (taking.number, "8,000.50元", "捌仟元伍角", "被执行人甲", "cash-officer", "cash-clerk"):
        assert part in words, part
    (clock,) = await deadlines_about(work, "cash", taking.id)
    assert clock.due_at == hand_in_by(work.now)
    finance = acting(work, scene.finance)
    with pytest.raises(RuleViolation, match="M-02"):
        await receive_cash(finance, taking.id, counted_fen=800_050, slip_ref="J1")
    for wrong in (scene.officer, scene.finance, scene.stranger):
        with pytest.raises(NotPermitted):
            await confirm_taking(acting(work, wrong), taking.id)
    await confirm_taking(acting(work, scene.clerk), taking.id)
    with pytest.raises(RuleViolation):
        await confirm_taking(acting(work, scene.clerk), taking.id)
    for counted, slip in ((800_000, "J1"), (800_050, " ")):
        with pytest.raises(InvalidInput):
            await receive_cash(finance, taking.id, counted_fen=counted, slip_ref=slip)
    for wrong in (scene.officer, scene.stranger):
        with pytest.raises(NotPermitted):
            await receive_cash(acting(work, wrong), taking.id, counted_fen=800_050, slip_ref="J1")
    done = await receive_cash(finance, taking.id, counted_fen=800_050, slip_ref="J1")
    assert (done.state, done.handed_in_at) == (CashState.HANDED_IN, work.now)
    (clock,) = await deadlines_about(work, "cash", taking.id)
    assert clock.state == DeadlineState.MET
    with pytest.raises(RuleViolation):
        await receive_cash(finance, taking.id, counted_fen=800_050, slip_ref="J1")
    assert await shown_by_bank(work, [done]) == set(), "meant for no virtual account"
    events = [each.event for each in await history(work, case_id=scene.case.id)]
    assert {"cash.taken", "cash.confirmed", "cash.handed_in"} <= set(events)
    assert await verify_stream(work, f"cash:{taking.id}") is None


async def test_M02_nobody_takes_cash_alone_nor_for_a_deposit_nor_in_another_court(scene: Scene) -> None:
    stranger = scene.stranger.account_id
    for wrong in (
        {"second_officer": None},
        {"second_officer": scene.officer.account_id},
        {"second_officer": stranger},
        {"second_officer": scene.finance.account_id},
        {"amount_fen": 0},
        {"payer": " "},
        {"why": ""},
        {"pay_into": "6000000000000000"},
    ):
        with pytest.raises(InvalidInput):
            await scene.take(**wrong)
    for nobody in (scene.stranger, scene.finance):
        with pytest.raises(NotPermitted):
            await scene.take(by=nobody)
    with pytest.raises(NotPermitted):
        await cash_of_court(acting(scene.work, scene.stranger), HUQIU)
    offered = dict(await colleagues(acting(scene.work, scene.officer), HUQIU))
    assert scene.clerk.account_id in offered
    assert scene.officer.account_id not in offered


async def test_M02_receipts_of_a_court_are_numbered_without_a_gap(scene: Scene) -> None:
    first, second = await scene.take(), await scene.take()
    assert int(second.number[-5:]) == int(first.number[-5:]) + 1
    assert first.number[:-5] == second.number[:-5]


async def test_M02_it_may_go_in_on_the_next_day_for_a_reason_said_in_time_and_once(scene: Scene) -> None:
    work = scene.work
    taking = await scene.take()
    officer = acting(work, scene.officer)
    with pytest.raises(InvalidInput):
        await put_off_hand_in(officer, taking.id, why=" ")
    late = Work(work.session, scene.officer, hand_in_by(taking.taken_at))
    with pytest.raises(RuleViolation):
        await put_off_hand_in(late, taking.id, why="银行已下班")
    await put_off_hand_in(officer, taking.id, why="银行已下班")
    with pytest.raises(RuleViolation):
        await put_off_hand_in(officer, taking.id, why="又一次")
    running = [
        each for each in await deadlines_about(work, "cash", taking.id) if each.state == DeadlineState.RUNNING
    ]
    assert [each.due_at for each in running] == [put_off_to(taking.taken_at)]


def test_M02_the_day_ends_at_midnight_in_court() -> None:
    evening = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
    assert hand_in_by(evening) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert put_off_to(evening) == hand_in_by(evening) + timedelta(days=1)

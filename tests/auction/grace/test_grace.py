"""More time for a balance, once and by the director; a loan that moves no deadline (B-70, B-76, L-18)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from auction.grace import rules
from auction.grace.ask import ask_grace, enter_grace
from auction.grace.decide import grant_grace, refuse_grace
from auction.grace.models import BalanceGrace, GraceState
from auction.loans.enter_loan import enter_loan, is_too_late
from auction.loans.models import PurchaseLoan
from auction.settlement.default import declare_default
from auction.settlement.models import SettlementState
from core import legal_settings
from core.database import Database
from core.deadlines import DeadlineState
from core.deadlines.models import Deadline
from core.deadlines.rules import end_of_day
from core.deadlines.rules import last_day as period_last_day
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.legal_settings import LegalSettings
from core.notices import notices_of
from tests.auction.listing.workshop import PANEL, STRANGER
from tests.auction.market import OFFICER, pay
from tests.auction.revocation.conftest import Sale
from tests.auction.settlement.test_whole_sale import paper_text, settlement_now
from tests.conftest import CourtClock
from tests.disposal_teams.city import KUNSHAN
from tests.working_off import sweep, work_off

DUE = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)  # the last day is 10 March in court
NOW = DUE - timedelta(days=2)
DIRECTOR = Actor(None, "局长", frozenset({Role.BUREAU_DIRECTOR}), KUNSHAN)


@pytest.mark.parametrize(
    ("until", "now", "fits"),
    [
        (date(2026, 3, 11), NOW, True),
        (date(2026, 3, 20), NOW, True),
        (date(2026, 3, 21), NOW, False),
        (date(2026, 3, 10), NOW, False),
        (date(2026, 3, 13), DUE + timedelta(days=3), False),
        (date(2026, 3, 15), DUE + timedelta(days=3), True),
        (date(2026, 3, 25), DUE + timedelta(days=12), False),
    ],
)
def test_B70_a_balance_is_put_off_by_ten_days_at_most(until: date, now: datetime, fits: bool) -> None:
    if fits:
        rules.check_day(until, due_at=DUE, now=now, most_days=10)
        return
    with pytest.raises(InvalidInput) as refused:
        rules.check_day(until, due_at=DUE, now=now, most_days=10)
    assert set(refused.value.fields) == {"until"}


def test_B70_once_and_only_for_an_unpaid_balance_and_only_where_the_court_does_it() -> None:
    awaited = SettlementState.AWAIT_BALANCE
    rules.check_asking(state=awaited, before=None, most_days=10)
    for before in GraceState:
        with pytest.raises(Conflict):
            rules.check_asking(state=awaited, before=before, most_days=10)
    with pytest.raises(RuleViolation):
        rules.check_asking(state=SettlementState.PAID_FULL, before=None, most_days=10)
    with pytest.raises(RuleViolation):
        rules.check_asking(state=awaited, before=None, most_days=0)


def test_B34_only_a_wish_made_in_time_holds_the_default_up() -> None:
    assert rules.blocks_default("asked", asked_at=NOW, due_at=DUE)
    assert not rules.blocks_default("asked", asked_at=DUE, due_at=DUE)
    assert not rules.blocks_default("refused", asked_at=NOW, due_at=DUE)


def last_day(due_at: datetime, days: int) -> date:
    """So many days after the last day of a period."""
    return period_last_day(due_at) + timedelta(days=days)


async def staff_of_kunshan(database: Database, role: Role) -> Actor:
    """Somebody with an inbox."""
    async with database.begin(SYSTEM) as work:
        return as_actor(
            await open_account(
                work,
                login=f"some-{role}",
                password_hash="-",
                display_name="某人",
                roles={role},
                court_code=KUNSHAN,
            )
        )


async def told(database: Database, person: Actor) -> list[str]:
    """What somebody has been told."""
    assert person.account_id is not None
    async with database.read(SYSTEM) as work:
        return [str(notice.title) for notice in await notices_of(work, person.account_id)]


async def clocks(database: Database) -> list[tuple[str, datetime, bool]]:
    """The clocks of the balance: state, end, whether answered."""
    async with database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Deadline).where(Deadline.rule == "L-18").order_by(Deadline.due_at)  # type: ignore[arg-type]
        )
        return [(each.state, each.due_at, each.done_at is not None) for each in rows]


@pytest.mark.parametrize("is_overdue", [False, True])
async def test_B70_L18_the_director_grants_and_a_new_clock_runs(
    database: Database, clock: CourtClock, sale: Sale, is_overdue: bool
) -> None:
    lot, due = sale.lot, (await settlement_now(database, sale.lot.id)).balance_due_at
    panel, finance = [await staff_of_kunshan(database, role) for role in (Role.PANEL_MEMBER, Role.FINANCE)]
    director = await staff_of_kunshan(database, Role.BUREAU_DIRECTOR)
    until = last_day(due, 6)
    if is_overdue:
        await clock.travel_to(due + timedelta(hours=1))
        await sweep(database, "sweep_deadlines")
    async with database.begin(sale.winner.actor) as work:
        await ask_grace(work, lot.lot_no, until=until, reason="银行放款排期在五日后")
    assert "尾款延期待批准" in await told(database, director)
    assert (await settlement_now(database, lot.id)).balance_due_at == due, "asking moves nothing"
    for nobody in (PANEL, STRANGER, OFFICER):
        with pytest.raises(NotPermitted):
            async with database.begin(nobody) as work:
                await grant_grace(work, lot.id, until=until)
    async with database.begin(director) as work:
        await grant_grace(work, lot.id, until=until, note="有银行批复")
    assert (await settlement_now(database, lot.id)).balance_due_at == end_of_day(until)
    old = DeadlineState.BREACHED if is_overdue else DeadlineState.WAIVED
    assert await clocks(database) == [(old, due, True), (DeadlineState.RUNNING, end_of_day(until), False)]
    notice = await paper_text(database, lot.id, "payment_notice")
    assert f"延至{until.year}年{until.month}月{until.day}日" in notice
    for person in (panel, finance, sale.winner.actor):
        assert "尾款延期已批准" in await told(database, person)
    with pytest.raises(RuleViolation, match="B-34"):
        async with database.begin(PANEL) as work:
            await declare_default(work, lot.id, reason="no_loan")
    with pytest.raises(Conflict):
        async with database.begin(sale.winner.actor) as work:
            await ask_grace(work, lot.lot_no, until=last_day(due, 9), reason="再来一次")
    await clock.travel_to(end_of_day(until))
    await sweep(database, "sweep_deadlines")
    assert "尾款逾期，建议认定悔拍" in await told(database, panel)
    async with database.begin(PANEL) as work:
        await declare_default(work, lot.id, reason="no_loan")
    assert (await settlement_now(database, lot.id)).state == SettlementState.DEFAULTED


async def test_B70_an_undecided_wish_holds_the_default_up_and_a_refused_one_does_not(
    database: Database, clock: CourtClock, sale: Sale
) -> None:
    lot, due = sale.lot, (await settlement_now(database, sale.lot.id)).balance_due_at
    with pytest.raises(NotFound):
        async with database.begin(sale.loser.actor) as work:
            await ask_grace(work, lot.lot_no, until=last_day(due, 2), reason="我不是买受人")
    with pytest.raises(NotPermitted):
        async with database.begin(PANEL) as work:
            await enter_grace(work, lot.lot_no, until=last_day(due, 2), reason="书面申请")
    async with database.begin(OFFICER) as work:
        await enter_grace(work, lot.lot_no, until=last_day(due, 2), reason="书面申请")
    await clock.travel_to(due)
    with pytest.raises(RuleViolation, match="B-70"):
        async with database.begin(PANEL) as work:
            await declare_default(work, lot.id, reason="no_loan")
    with pytest.raises(InvalidInput):
        async with database.begin(DIRECTOR) as work:
            await refuse_grace(work, lot.id, note=" ")
    async with database.begin(DIRECTOR) as work:
        await refuse_grace(work, lot.id, note="没有证据")
    with pytest.raises(RuleViolation, match="B-70"):
        async with database.begin(DIRECTOR) as work:
            await grant_grace(work, lot.id, until=last_day(due, 2))
    async with database.begin(PANEL) as work:
        await declare_default(work, lot.id, reason="no_loan")


async def test_B70_paying_in_full_ends_the_wish(database: Database, sale: Sale) -> None:
    settlement = await settlement_now(database, sale.lot.id)
    async with database.begin(sale.winner.actor) as work:
        await ask_grace(work, sale.lot.lot_no, until=last_day(settlement.balance_due_at, 2), reason="周转")
    await pay(database, settlement.virtual_account_no, settlement.balance_fen, sale.winner.name)
    async with database.read(SYSTEM) as work:
        assert (await work.session.get_one(BalanceGrace, sale.lot.id)).state == GraceState.LAPSED


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A court that puts no balance off."""
    legal_settings.legal.cache_clear()
    monkeypatch.setattr(
        legal_settings, "LegalSettings", lambda: replace(LegalSettings(), balance_grace_days_most=0)
    )
    yield
    monkeypatch.undo()
    legal_settings.legal.cache_clear()


@pytest.mark.usefixtures("no_grace")
async def test_B70_a_court_may_set_that_nothing_is_put_off(database: Database, sale: Sale) -> None:
    due = (await settlement_now(database, sale.lot.id)).balance_due_at
    with pytest.raises(RuleViolation, match="B-70"):
        async with database.begin(sale.winner.actor) as work:
            await ask_grace(work, sale.lot.lot_no, until=last_day(due, 1), reason="周转")


async def test_B76_a_loan_is_told_and_moves_no_deadline(
    database: Database, clock: CourtClock, sale: Sale
) -> None:
    lot, due = sale.lot, (await settlement_now(database, sale.lot.id)).balance_due_at
    finance = await staff_of_kunshan(database, Role.FINANCE)
    loan = {"bank": "某银行昆山支行", "approval_no": "YS2026-1"}
    for nobody in (sale.loser.actor, OFFICER):
        with pytest.raises(NotFound):
            async with database.begin(nobody) as work:
                await enter_loan(work, lot.lot_no, promised_on=last_day(due, 0), **loan)
    async with database.begin(sale.winner.actor) as work:
        await enter_loan(work, lot.lot_no, promised_on=last_day(due, 0), **loan)
    assert "贷款放款晚于付款期限" not in await told(database, finance)
    async with database.begin(sale.winner.actor) as work:
        await enter_loan(work, lot.lot_no, promised_on=last_day(due, 4), **loan)
    assert "贷款放款晚于付款期限" in await told(database, finance)
    assert (await settlement_now(database, lot.id)).balance_due_at == due
    assert await clocks(database) == [(DeadlineState.RUNNING, due, False)]
    async with database.read(SYSTEM) as work:
        kept = (await work.session.exec(select(PurchaseLoan))).one()
    assert (kept.bank, kept.promised_on) == (loan["bank"], last_day(due, 4))
    await clock.travel_to(due)
    async with database.begin(PANEL) as work:
        await declare_default(work, lot.id, reason="no_loan")
    await work_off(database)
    with pytest.raises(RuleViolation, match="B-76"):
        async with database.begin(sale.winner.actor) as work:
            await enter_loan(work, lot.lot_no, promised_on=last_day(due, 9), **loan)


def test_B76_a_pay_date_after_the_last_day_is_too_late() -> None:
    assert not is_too_late(date(2026, 3, 10), due_on=date(2026, 3, 11))
    assert is_too_late(date(2026, 3, 11), due_on=date(2026, 3, 11))

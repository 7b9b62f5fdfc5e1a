"""A court that is late with a step of its own is flagged by the sweep, once, to those who must act and to their director
(§12.1: L-19, L-20, L-21, L-25, L-44). Everything runs through the real sweep over real rows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from auction.bidding.sequencer import BiddingDesk
from auction.settlement.ruling import issue_ruling, serve_ruling
from auction.suspension.end_stay import end_stays
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.withdrawal.bankruptcy import refer_to_bankruptcy
from core.audit.models import AuditEvent
from core.calendar import official_calendar
from core.database import Database
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.queries import breaches_by_court, due_deadlines
from core.deadlines.recount import count_again
from core.deadlines.rules import day_in_court, end_of_day
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.notices import notices_of
from core.settings import get_settings
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of
from disposal_teams.cases.register import add_party
from tests.auction.market import OFFICER, pay, published_lot
from tests.auction.settlement.test_whole_sale import settlement_now, sold_lot
from tests.conftest import CourtClock
from tests.disposal_teams.city import KUNSHAN
from tests.working_off import sweep

ORDER = {"approver": "局长", "panel": ("甲", "乙", "丙"), "minutes": "一致同意。"}


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[BiddingDesk]:
    """The bidding desk of a web process."""
    desk = BiddingDesk(database, get_settings().encryption_key())
    yield desk
    await desk.close()


async def people(database: Database) -> dict[Role, Actor]:
    """A director, an officer and a bookkeeper of the court, and a director of another one."""
    found = {}
    async with database.begin(SYSTEM) as work:
        for number, (role, court) in enumerate(
            (
                (Role.BUREAU_DIRECTOR, KUNSHAN),
                (Role.CASE_OFFICER, KUNSHAN),
                (Role.FINANCE, KUNSHAN),
                (Role.COMMAND_CENTRE, "0505"),
            )
        ):
            account = await open_account(
                work,
                login=f"late{number}",
                password_hash="-",
                display_name="某人",
                roles={role, Role.BUREAU_DIRECTOR} if court != KUNSHAN else {role},
                court_code=court,
            )
            found[role] = as_actor(account)
    return found


async def clock_of(database: Database, rule: str) -> Deadline:
    """The newest clock of a rule."""
    async with database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Deadline).where(Deadline.rule == rule).order_by(Deadline.started_at.desc())  # type: ignore[attr-defined]
        )
        found = rows.first()
    assert found is not None, rule
    return found


async def flagged(
    database: Database, clock: CourtClock, rule: str, title: str, staff: dict[Role, Actor]
) -> None:
    """Not a moment before its end, then by the sweep, once however often it runs, to director and officer and nobody else."""

    async def told() -> dict[Role, int]:
        counts = {}
        async with database.read(SYSTEM) as work:
            for role, person in staff.items():
                assert person.account_id is not None
                notices = await notices_of(work, person.account_id, limit=100)
                counts[role] = sum(str(notice.title) == title for notice in notices)
        return counts

    due = (await clock_of(database, rule)).due_at
    await clock.travel_to(due - timedelta(seconds=20))
    await sweep(database, "sweep_deadlines")
    assert set((await told()).values()) == {0}, rule
    await clock.travel_to(due)
    await sweep(database, "sweep_deadlines")
    await sweep(database, "sweep_deadlines")
    assert await told() == {
        Role.BUREAU_DIRECTOR: 1,
        Role.CASE_OFFICER: 1,
        Role.FINANCE: 0,
        Role.COMMAND_CENTRE: 0,
    }, rule
    late = await clock_of(database, rule)
    assert (late.state, late.done_at) == (DeadlineState.BREACHED, None)
    async with database.read(SYSTEM) as work:
        events = await work.session.exec(
            select(AuditEvent).where(AuditEvent.event == "deadline.breached", AuditEvent.rule == rule)
        )
        assert len(list(events)) == 1, "the breach is in the audit chain once"
        assert (await breaches_by_court(work))[KUNSHAN] >= 1, "the superior court counts it"
        listed = await due_deadlines(work, court_code=KUNSHAN, limit=500)
        assert late.id in {each.id for each in listed}, "it leads the list of what is due"


async def test_L19_L20_L21_a_late_ruling_registry_notice_and_delivery_are_flagged(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, buyer, _ = await sold_lot(database, clock, desk)
    staff = await people(database)
    sale = await settlement_now(database, lot.id)
    await pay(database, sale.virtual_account_no, sale.balance_fen, buyer.name)
    await flagged(database, clock, "L-19", "成交裁定逾期未作出或未送达", staff)
    for step in (issue_ruling, serve_ruling):
        async with database.begin(OFFICER) as work:
            await step(work, lot.id)
    late = await clock_of(database, "L-19")
    assert (late.state, late.done_event) == (DeadlineState.BREACHED, "sale.ruling_served"), "met late"
    await flagged(database, clock, "L-20", "协助执行通知书逾期未发出", staff)
    await flagged(database, clock, "L-21", "标的物逾期未交付，请制定腾退方案", staff)


async def test_L25_a_sale_that_stands_still_too_long_after_its_ground_is_flagged(
    database: Database, clock: CourtClock
) -> None:
    lot, staff = await published_lot(database, clock), await people(database)
    async with database.begin(OFFICER) as work:
        (stay,) = await pause_lots(
            work,
            [lot.id],
            kind=StayKind.SUSPENSION,
            ground="settlement",
            reason="双方和解",
            **ORDER,  # type: ignore[arg-type]
        )
    await clock.pass_time(timedelta(days=1))
    async with database.begin(OFFICER) as work:
        await end_stays(work, [lot.id], note="未履行和解协议", stay_id=stay.id)
    await flagged(database, clock, "L-25", "停拍事由消失后超过五日未恢复", staff)


async def test_L44_a_bankruptcy_court_that_does_not_answer_is_chased(
    database: Database, clock: CourtClock
) -> None:
    lot, staff = await published_lot(database, clock), await people(database)
    async with database.begin(OFFICER) as work:
        case = await case_of(work, lot.case_id)
        await add_party(work, case, role=PartyRole.DEBTOR, name="某公司", is_natural_person=False)
        await refer_to_bankruptcy(
            work,
            lot.id,
            consent_of="applicant",
            bankruptcy_court="苏州市中级人民法院",
            reason="资不抵债",
            **ORDER,  # type: ignore[arg-type]
        )
    await flagged(database, clock, "L-44", "破产法院逾期未答复", staff)


async def test_C02_L18_a_new_holiday_moves_the_buyers_period_in_the_sale_too_and_the_buyer_is_told(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, buyer, _ = await sold_lot(database, clock, desk)
    before = (await settlement_now(database, lot.id)).balance_due_at
    last = day_in_court(before - timedelta(seconds=1))
    next_day = official_calendar().first_working_day_from(last + timedelta(days=1))
    calendar = replace(official_calendar(), holidays={**official_calendar().holidays, last: "临时放假"})
    async with database.begin(SYSTEM) as work:
        await count_again(work, calendar)
    assert (await clock_of(database, "L-18")).due_at == end_of_day(next_day)
    assert (await settlement_now(database, lot.id)).balance_due_at == end_of_day(next_day)
    assert buyer.actor.account_id is not None
    async with database.read(SYSTEM) as work:
        told = [str(each.title) for each in await notices_of(work, buyer.actor.account_id, limit=100)]
    assert told.count("尾款期限因节假日顺延") == 1

"""Signals: nothing before the end, one role after it, with a reason, for a while."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from auction.listing.models import Lot
from auction.payments.record_line import StatementLine, record_bank_line
from auction.registration.models import Registration
from auction.risk_signals.assess_lot import assess_lot
from auction.risk_signals.decide_signal import (
    ask_inquiry,
    decide_inquiry,
    dismiss_signal,
)
from auction.risk_signals.look import open_look, risk_file, risk_lot
from auction.risk_signals.models import RiskSignal, RiskTrace, SignalKind, TraceKind
from auction.risk_signals.queries import lots_with_signals, price_warnings
from auction.risk_signals.retention import forget_old
from auction.risk_signals.traces import Footprint, mark_of, public_network
from core.audit import verify_stream
from core.audit.models import AuditEvent
from core.audit.verify import history
from core.database import Work
from core.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from core.legal_settings import legal
from tests.auction.listing.workshop import TEAM, YUAN
from tests.auction.market import FINANCE, registered, signed_up
from tests.auction.risk_signals.contested import ACCOUNT, Case, post_holder
from tests.disposal_teams.city import HUQIU, KUNSHAN
from tests.working_off import sweep, work_off


async def test_P01_before_the_end_no_trace_equals_another_and_nothing_can_be_assessed(case: Case) -> None:
    async with case.database.begin(SYSTEM) as work:
        traces = list(await work.session.exec(select(RiskTrace)))
        assert {trace.mark for trace in traces} == {None}
        assert len({trace.sealed for trace in traces} | {trace.own_mark for trace in traces}) == 2 * len(
            traces
        )
        assert set(TraceKind) == {trace.kind for trace in traces}
        with pytest.raises(RuleViolation, match="P-01"):
            await assess_lot(work, lot_id=case.lot.id)
    async with case.database.begin(case.officer) as work:
        with pytest.raises(NotFound, match="P-01"):
            await risk_lot(work, case.lot.lot_no)


async def test_P01_the_database_itself_refuses_to_link_bidders_before_the_end(case: Case) -> None:
    with pytest.raises(DBAPIError, match="bidding has not ended"):
        async with case.database.begin(SYSTEM) as work:
            await work.session.execute(text("UPDATE risk_trace SET mark = sealed WHERE kind = 'device'"))
    with pytest.raises(DBAPIError, match="bidding has not ended"):
        async with case.database.begin(SYSTEM) as work:
            await work.session.execute(text("UPDATE risk_trace SET mark = sealed WHERE kind = 'funding'"))
    with pytest.raises(DBAPIError, match="bidding has not ended"):
        async with case.database.begin(SYSTEM) as work:
            signal = RiskSignal(
                id=uuid4(), lot_id=case.lot.id, court_code=KUNSHAN, kind=SignalKind.JUMP_BID, about="x", strength="weak",
                registrations=[], codes=[], found_at=work.now,
            )  # fmt: skip
            work.session.add(signal)


async def test_B82_the_end_brings_out_shared_device_network_account_and_the_jump(case: Case) -> None:
    await case.end()
    signals = await case.signals()
    assert set(signals) == {"shared_device", "shared_address", "shared_funding", "jump_bid"}
    async with case.database.read(SYSTEM) as work:
        entries = list(
            await work.session.exec(select(Registration).where(Registration.lot_id == case.lot.id))
        )
    winner = next(entry for entry in entries if entry.is_winner)
    assert set(signals["shared_device"].codes) == {entry.code for entry in entries if entry is not winner}
    assert signals["jump_bid"].codes == [winner.code]
    assert signals["jump_bid"].figures["to_fen"] == 1_003_000 * YUAN
    await sweep(case.database, "assess_ended_lots")
    assert {kind: signal.id for kind, signal in (await case.signals()).items()} == {
        kind: signal.id for kind, signal in signals.items()
    }, "assessing again finds nothing twice"


async def test_B82_a_lost_message_is_made_up_by_the_sweep(case: Case) -> None:
    await case.end()
    async with case.database.begin(SYSTEM) as work:
        await work.session.execute(text("DELETE FROM risk_signal"))
        await work.session.execute(text("DELETE FROM outbox_message WHERE task LIKE '%assess_lot'"))
    await sweep(case.database, "assess_ended_lots")
    assert len(await case.signals()) == 4


async def test_P01_every_look_needs_a_reason_and_ends(case: Case) -> None:
    await case.end()
    async with case.database.begin(case.officer) as work:
        lot = await risk_lot(work, case.lot.lot_no)
        with pytest.raises(NotPermitted, match="P-01"):
            await risk_file(work, lot)
        with pytest.raises(InvalidInput):
            await open_look(work, lot, reason="  看看  ")
    async with case.database.begin(case.officer) as work:
        lot = await case.looked_at(work)
        assert len((await risk_file(work, lot)).signals) == 4
    await case.clock.pass_time(timedelta(minutes=legal().risk_look_minutes))
    async with case.database.begin(case.officer) as work:
        with pytest.raises(NotPermitted):
            await risk_file(work, lot)
    async with case.database.read(SYSTEM) as work:
        events = list(await work.session.exec(select(AuditEvent).where(AuditEvent.event == "risk.looked_at")))
        assert [(event.actor_account_id, event.details["reason"]) for event in events] == [
            (case.officer.account_id, "例行核查，抽查本月成交。")
        ]
        assert await verify_stream(work, f"risk:{case.lot.id}") is None
        names = {event.event for event in await history(work, lot_id=case.lot.id)}
        assert not {name for name in names if name.startswith("risk.")}, "the court reads the lot's own chain"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.RISK_OFFICER, Role.SYSTEM)])
async def test_P01_no_other_role_may_look_or_list(work: Work, role: Role) -> None:
    work.actor = Actor(uuid4(), "x", frozenset({role}), KUNSHAN)
    with pytest.raises(NotPermitted):
        await lots_with_signals(work)
    with pytest.raises(NotPermitted):
        await risk_lot(work, "0583-2026-000001")


async def test_P03_another_courts_lot_is_unknown(case: Case) -> None:
    await case.end()
    stranger = await post_holder(case.database, Role.RISK_OFFICER, HUQIU)
    async with case.database.begin(stranger) as work:
        assert await lots_with_signals(work) == []
        with pytest.raises(NotFound):
            await risk_lot(work, case.lot.lot_no)
    async with case.database.begin(case.officer) as work:
        (row,) = await lots_with_signals(work)
        assert (row.lot.id, row.open, row.total) == (case.lot.id, 4, 4)


async def test_the_court_reads_price_warnings_after_the_end_and_nothing_else(case: Case) -> None:
    async with case.database.begin(TEAM) as work:
        assert await price_warnings(work, case.lot) == []
    await case.bid(case.people[1], 2_803_000)
    await case.end()
    async with case.database.begin(TEAM) as work:
        lot = await work.session.get(Lot, case.lot.id)
        assert lot is not None
        (warning,) = await price_warnings(work, lot)
        assert (warning.kind, warning.codes, warning.figures["percent"]) == ("price_above_reference", [], 280)
    with pytest.raises(NotPermitted):
        async with case.database.begin(case.people[0].actor) as work:
            await price_warnings(work, lot)


async def test_B82_money_from_a_rival_is_found_though_it_was_not_booked(case: Case) -> None:
    """The first bidder pays a second deposit for the third: the name is wrong, so finance sees a suspended line."""
    async with case.database.begin(FINANCE) as work:
        entries = {
            entry.identity_match: entry
            for entry in await work.session.exec(
                select(Registration).where(Registration.lot_id == case.lot.id)
            )
        }
        fourth = await signed_up(case.database)
    entry = await registered(case.database, case.lot.id, fourth)
    async with case.database.begin(FINANCE) as work:
        line = StatementLine(
            "rival", entry.virtual_account_no, 100, case.people[0].name, work.now, payer_account=ACCOUNT
        )
        await record_bank_line(work, KUNSHAN, line)
    await work_off(case.database)
    await case.end()
    signal = (await case.signals())["paid_by_rival"]
    payer = next(each for each in entries.values() if each.code in signal.codes)
    assert signal.registrations == [entry.id, payer.id]
    assert signal.codes[0] == "", "who never qualified has no code"


async def test_traces_and_settled_signals_are_forgotten_and_running_inquiries_are_not(case: Case) -> None:
    await case.end()
    signals = await case.signals()
    async with case.database.begin(case.officer) as work:
        lot = await case.looked_at(work)
        await dismiss_signal(work, lot, signals["jump_bid"].id, reason="电话核实，竞买人志在必得。")
        inquiry = await ask_inquiry(work, lot, [signals["shared_device"].id], reason="设备重合，须核对身份。")
    await case.clock.pass_time(timedelta(days=legal().risk_trace_days + 1))
    async with case.database.begin(SYSTEM) as work:
        await forget_old(work)
        assert await count(work, "risk_trace") > 0
    assert set(await case.signals()) == {"shared_device"}
    async with case.database.begin(case.leader) as work:
        await decide_inquiry(work, inquiry.id, approve=False, reason="时间过久，没有必要。")
    async with case.database.begin(SYSTEM) as work:
        await forget_old(work)
        assert await count(work, "risk_trace") == 0
    assert await case.signals() == {}


async def count(work: Work, table: str) -> int:
    """Rows of a table."""
    return int((await work.session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_an_old_trace_of_a_running_lot_is_kept(case: Case) -> None:
    async with case.database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE risk_trace SET noted_at = noted_at - interval '1 year'"))
        before = await count(work, "risk_trace")
        await forget_old(work)
        assert await count(work, "risk_trace") == before


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("2400:3200:1:2:aaaa:bbbb:cccc:dddd", "2400:3200:1:2::"),
        ("10.0.0.7", None),
        ("127.0.0.1", None),
        ("fe80::1", None),
        ("192.0.2.1", None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_only_addresses_that_tell_something_are_compared(address: str | None, network: str | None) -> None:
    assert public_network(address) == network


def test_a_mark_is_of_its_kind_alone() -> None:
    assert mark_of(TraceKind.DEVICE, "1.2.3.4") != mark_of(TraceKind.ADDRESS, "1.2.3.4")
    assert len(list(Footprint("short", "1.2.3.4").traces())) == 1


async def test_a_decided_thing_names_who_decided(case: Case) -> None:
    await case.end()
    with pytest.raises(DBAPIError, match="risk_signal_decided_by_somebody"):
        async with case.database.begin(SYSTEM) as work:
            await work.session.execute(text("UPDATE risk_signal SET state = 'dismissed'"))

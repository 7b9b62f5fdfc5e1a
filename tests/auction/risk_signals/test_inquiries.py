"""Inquiries: two persons for a name (P-01, P-05)."""

import pytest
from sqlmodel import col, select

from auction.risk_signals.decide_signal import (
    ask_inquiry,
    close_inquiry,
    decide_inquiry,
    dismiss_signal,
    reveal_identities,
)
from auction.risk_signals.models import SignalState
from auction.risk_signals.queries import inquiry_file
from core.audit.models import AuditEvent
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from tests.auction.listing.workshop import TEAM
from tests.auction.risk_signals.contested import Case


async def test_P01_an_identity_opens_only_after_a_second_persons_approval(case: Case) -> None:
    await case.end()
    signals = await case.signals()
    async with case.database.begin(case.officer) as work:
        lot = await case.looked_at(work)
        inquiry = await ask_inquiry(
            work,
            lot,
            [signals["shared_device"].id, signals["shared_funding"].id],
            reason="设备和账户同时重合，须核对身份。",
        )
    for actor in (case.officer, case.leader, TEAM):
        async with case.database.begin(actor) as work:
            with pytest.raises(NotPermitted):
                await reveal_identities(work, inquiry.id)
    both = Actor(
        case.officer.account_id,
        "兼任",
        frozenset({Role.RISK_OFFICER, Role.PRESIDENT}),
        case.officer.court_code,
    )
    async with case.database.begin(both) as work:
        with pytest.raises(RuleViolation, match="P-01"):
            await decide_inquiry(work, inquiry.id, approve=True, reason="自己批准自己的申请。")
    async with case.database.begin(case.leader) as work:
        seen, _ = await inquiry_file(work, inquiry.id)
        assert seen.codes == inquiry.codes
        await decide_inquiry(work, inquiry.id, approve=True, reason="理由成立，同意核对身份。")
    async with case.database.begin(case.officer) as work:
        opened = await reveal_identities(work, inquiry.id)
    assert {person.name for _, person in opened} == {case.people[0].name, case.people[1].name}
    async with case.database.begin(case.leader) as work:
        with pytest.raises(NotPermitted):
            await reveal_identities(work, inquiry.id)
    async with case.database.begin(case.officer) as work:
        await close_inquiry(work, inquiry.id, confirmed=True, result="系同一人操作，移送合议庭审查。")
        with pytest.raises(NotPermitted):
            await reveal_identities(work, inquiry.id)
    assert (await case.signals())["shared_device"].state == SignalState.CONFIRMED
    async with case.database.read(SYSTEM) as work:
        chain = await work.session.exec(
            select(AuditEvent.event)
            .where(AuditEvent.stream == f"risk:{case.lot.id}")
            .order_by(col(AuditEvent.seq))
        )
        assert list(chain) == [
            "risk.looked_at",
            "risk.inquiry_asked",
            "risk.inquiry_decided",
            "registration.identity_revealed",
            "registration.identity_revealed",
            "risk.identities_opened",
            "risk.inquiry_closed",
        ]


async def test_P05_a_signal_is_dismissed_once_with_a_reason_and_a_refused_inquiry_gives_signals_back(
    case: Case,
) -> None:
    await case.end()
    signals = await case.signals()
    async with case.database.begin(case.officer) as work:
        lot = await case.looked_at(work)
        with pytest.raises(InvalidInput):
            await dismiss_signal(work, lot, signals["jump_bid"].id, reason="无")
        await dismiss_signal(work, lot, signals["jump_bid"].id, reason="电话核实，竞买人志在必得。")
        with pytest.raises(Conflict):
            await dismiss_signal(work, lot, signals["jump_bid"].id, reason="电话核实，竞买人志在必得。")
        inquiry = await ask_inquiry(work, lot, [signals["shared_device"].id], reason="设备重合，须核对身份。")
        with pytest.raises(Conflict):
            await ask_inquiry(work, lot, [signals["shared_address"].id], reason="网络重合，须核对身份。")
    async with case.database.begin(case.leader) as work:
        await decide_inquiry(work, inquiry.id, approve=False, reason="单凭设备不足，先行走访。")
    signals = await case.signals()
    assert (signals["jump_bid"].state, signals["shared_device"].state) == ("dismissed", "open")

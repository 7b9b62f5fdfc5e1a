"""A sealed asset stays in use on conditions and reports; hardship is told, found, and shown to who decides."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

import disposal_teams.forbearance.workers  # noqa: F401 - it ends what is not reported and follows the disposal right
from core.database import Work
from core.deadlines import Deadline, DeadlineState
from core.deadlines.rules import day_in_court, end_of_day
from core.deadlines.workers import sweep_deadlines
from core.documents import Document
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.ids import new_id
from disposal_teams.assets.models import AssetState
from disposal_teams.assets.seal import release_seal, seals_of
from disposal_teams.forbearance import rules
from disposal_teams.forbearance.hardship import answer_hardship, open_evidence, tell_hardship
from disposal_teams.forbearance.live_seal import (
    ask_live_seal,
    decide_live_seal,
    end_live_seal,
    grant_live_seal,
    report_use,
    withdraw_live_seal,
)
from disposal_teams.forbearance.models import HardshipKind, HardshipState, LiveSeal, LiveSealState
from disposal_teams.forbearance.queries import (
    hardships_to_mind,
    live_seal_in_force,
    own_forbearance,
    reports_of,
)
from disposal_teams.transfers.hand_over import move_disposal
from tests.auction.listing.workshop import STRANGER, TEAM, Surveyed, at, by, later, surveyed_asset
from tests.disposal_teams.city import HUQIU, KUNSHAN

S, H = LiveSealState, HardshipState
OFFICER = Actor(new_id(), "承办法官", frozenset({Role.CASE_OFFICER}), KUNSHAN)
CLERK = Actor(new_id(), "处置团队", frozenset({Role.DISPOSAL_TEAM}), KUNSHAN)
DAYS = st.integers(-30, 400)


@given(DAYS, DAYS, st.booleans())
def test_live_seal_terms_need_reports_within_bounds_and_an_insurance_that_lasts(
    every: int, insured: int, must_insure: bool
) -> None:
    today = date(2026, 3, 2)
    until = today + timedelta(days=insured)
    wrong = rules.terms_problem(every_days=every, must_insure=must_insure, insured_until=until, today=today)
    assert (wrong is None) == (7 <= every <= 180 and (not must_insure or insured >= 0))
    due = rules.next_report(after=today, every_days=30)
    problem = rules.insurance_problem(must_insure=must_insure, insured_until=until, due_on=due)
    assert (problem is None) == (not must_insure or insured >= 30)


def test_A08_what_is_recognised_says_what_is_left_to_the_debtor() -> None:
    assert rules.hardship_problem(H.RECOGNISED, reserved="", monthly_fen=0) is not None
    assert rules.hardship_problem(H.PARTLY, reserved="被褥、厨具", monthly_fen=0) is None
    assert rules.hardship_problem(H.RECOGNISED, reserved="", monthly_fen=1) is None
    assert rules.hardship_problem(H.REFUSED, reserved="", monthly_fen=0) is None


async def city(work: Work) -> tuple[Work, Surveyed, Work]:
    """A surveyed asset, its team and its debtor on line."""
    made = await surveyed_asset(work)
    account = await open_account(
        work, login="debtor", password_hash="x", display_name="王小明", roles={Role.DEBTOR}, court_code=None
    )
    made.debtor.account_id = account.id
    await work.session.flush()
    return by(work, TEAM), made, by(work, Actor(account.id, "王小明", frozenset({Role.DEBTOR})))


async def clocks(work: Work) -> list[Deadline]:
    rows = await work.session.exec(
        select(Deadline)
        .where(Deadline.rule == rules.LIVE)
        .order_by(col(Deadline.due_at))
        .execution_options(populate_existing=True)
    )
    return list(rows)


def terms(work: Work, **changes: Any) -> dict[str, Any]:
    return {
        "allows": True, "decision": "生产设备停用将扩大损失", "every_days": 30, "must_insure": True,
        "insured_until": day_in_court(work.now) + timedelta(days=70), "conditions": "夜间不得生产", **changes,
    }  # fmt: skip


async def test_live_seal_asked_allowed_reported_and_ended_by_silence(work: Work) -> None:
    team, made, debtor = await city(work)
    officer = by(team, OFFICER)
    ask: dict[str, Any] = {"use": "继续生产纺织品", "reason": "停产将使三十名工人失业"}
    with pytest.raises(NotFound):
        await ask_live_seal(by(team, Actor(new_id(), "x", frozenset({Role.BIDDER}))), made.asset.id, **ask)
    with pytest.raises(InvalidInput):
        await ask_live_seal(debtor, made.asset.id, use="", reason="x")
    live = await ask_live_seal(debtor, made.asset.id, **ask)
    with pytest.raises(Conflict):
        await ask_live_seal(debtor, made.asset.id, **ask)
    with pytest.raises(NotPermitted):
        await decide_live_seal(by(team, STRANGER), live.id, **terms(team))
    for wrong in ({"every_days": 3}, {"insured_until": None}, {"decision": ""}):
        with pytest.raises(InvalidInput):
            await decide_live_seal(officer, live.id, **terms(team, **wrong))
    await decide_live_seal(officer, live.id, **terms(team))
    assert await live_seal_in_force(work, made.asset.id) is not None
    (clock,) = await clocks(work)
    assert clock.due_at == end_of_day(day_in_court(team.now) + timedelta(days=30))
    papers = await work.session.exec(select(Document.kind).where(Document.subject == f"live_seal:{live.id}"))
    assert list(papers) == ["live_seal_decision"]

    then = at(work, team.now + timedelta(days=20), debtor.actor)
    with pytest.raises(NotFound):
        await report_use(at(work, then.now, Actor(new_id(), "x", frozenset({Role.DEBTOR}))), live.id,
                         report="x", insured_until=None)  # fmt: skip
    await report_use(then, live.id, report="设备完好，正常使用", insured_until=None)
    first, second = await clocks(work)
    assert (first.state, second.state) == (DeadlineState.MET, DeadlineState.RUNNING)
    assert second.due_at == end_of_day(day_in_court(then.now) + timedelta(days=30))
    late = at(work, then.now + timedelta(days=25), debtor.actor)
    with pytest.raises(InvalidInput, match="LIVE-SEAL"):
        await report_use(late, live.id, report="设备完好", insured_until=None)
    own = await own_forbearance(debtor)
    assert [each.id for each, _, _ in own.live_seals] == [live.id]
    assert len(await reports_of(work, live.id)) == 2

    await sweep_deadlines(at(work, second.due_at - timedelta(seconds=1)))
    assert live.state == S.IN_FORCE
    await sweep_deadlines(at(work, second.due_at))
    await work.session.refresh(live)
    assert (live.state, live.is_breach) == (S.ENDED, True)
    with pytest.raises(RuleViolation):
        await end_live_seal(officer, live.id, note="x", is_breach=True)
    papers = await work.session.exec(select(Document.kind).where(Document.subject == f"live_seal:{live.id}"))
    assert set(papers) == {"live_seal_decision", "live_seal_end"}


async def test_live_seal_by_the_court_on_paper_moved_and_over(work: Work) -> None:
    team, made, debtor = await city(work)
    officer = by(team, OFFICER)
    given = {**terms(team, must_insure=False, insured_until=None)}
    given.pop("allows")
    paper = await ask_live_seal(
        officer, made.asset.id, use="居住", reason="无其他住处", party_id=made.debtor.id
    )
    with pytest.raises(RuleViolation, match="P-05"):
        await decide_live_seal(officer, paper.id, **terms(team))
    await withdraw_live_seal(debtor, paper.id)
    refused = await ask_live_seal(debtor, made.asset.id, use="居住", reason="无其他住处")
    await decide_live_seal(officer, refused.id, **terms(team, allows=False, decision="已安排住处"))
    assert refused.state == S.REFUSED
    with pytest.raises(NotPermitted):
        await grant_live_seal(by(team, CLERK), made.asset.id, use="营业", **given)
    live = await grant_live_seal(officer, made.asset.id, use="营业", **given)
    assert (live.state, live.asked_by) == (S.IN_FORCE, None)
    await move_disposal(team, made.asset, to_court=HUQIU, rule="T-05")
    await work.session.refresh(live)
    assert live.court_code == HUQIU
    made.asset.state = AssetState.DELIVERED
    await work.session.flush()
    (clock,) = await clocks(work)
    await sweep_deadlines(at(work, clock.due_at))
    await work.session.refresh(live)
    assert (live.state, live.is_breach) == (S.ENDED, False), "sold: nothing to report"


async def test_live_seal_only_for_what_is_sealed(work: Work) -> None:
    team, made, debtor = await city(work)
    (seal,) = await seals_of(work, made.asset.id)
    await release_seal(team, seal.id, reason="清偿")
    with pytest.raises(RuleViolation, match="LIVE-SEAL"):
        await ask_live_seal(debtor, made.asset.id, use="居住", reason="x")
    assert list(await work.session.exec(select(LiveSeal))) == []


async def test_A08_hardship_is_told_with_evidence_found_and_shown(work: Work) -> None:
    team, made, debtor = await city(work)
    officer = by(team, OFFICER)
    told: dict[str, Any] = {
        "kind": HardshipKind.ILLNESS,
        "circumstances": "母亲透析治疗",
        "needs": "保留每月医疗费",
    }
    with pytest.raises(InvalidInput) as bare:
        await tell_hardship(debtor, made.case.id, **told)
    assert "evidence" in bare.value.fields
    with pytest.raises(InvalidInput):
        await tell_hardship(debtor, made.case.id, files=[("a.exe", b"MZ")], **told)
    note = await tell_hardship(debtor, made.case.id, files=[("病历.pdf", b"%PDF-1.7 x")], **told)
    with pytest.raises(Conflict):
        await tell_hardship(debtor, made.case.id, evidence="病历", **told)
    with pytest.raises(NotFound):
        await open_evidence(
            by(team, Actor(new_id(), "x", frozenset({Role.DEBTOR}))), note.id, note.file_ids[0]
        )
    assert (await open_evidence(officer, note.id, note.file_ids[0])).content == b"%PDF-1.7 x"
    assert (await open_evidence(debtor, note.id, note.file_ids[0])).name == "病历.pdf"
    assert [each.id for each in await hardships_to_mind(work, made.case.id)] == [note.id]
    with pytest.raises(NotPermitted):
        await answer_hardship(by(team, STRANGER), note.id, finding=H.REFUSED, answer="x")
    with pytest.raises(InvalidInput):
        await answer_hardship(officer, note.id, finding=H.RECOGNISED, answer="属实")
    await answer_hardship(
        officer, note.id, finding=H.RECOGNISED, answer="属实", reserved="医疗费", monthly_fen=300_000
    )
    with pytest.raises(RuleViolation):
        await answer_hardship(officer, note.id, finding=H.REFUSED, answer="x")
    paper = await tell_hardship(
        officer,
        made.case.id,
        kind=HardshipKind.OTHER,
        circumstances="x",
        needs="y",
        evidence="证明1",
        party_id=made.debtor.id,
    )
    with pytest.raises(RuleViolation, match="P-05"):
        await answer_hardship(officer, paper.id, finding=H.REFUSED, answer="x")
    await answer_hardship(later(team, days=1), paper.id, finding=H.REFUSED, answer="不属实")
    assert [each.id for each in await hardships_to_mind(work, made.case.id)] == [note.id]

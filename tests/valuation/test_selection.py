"""Choosing three firms and their succession (V-20, V-21, V-23), on a real database; the draw's law by itself."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.fair_draw import new_secret
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.ids import new_id
from core.notices import notices_of
from disposal_teams.assets.models import AssetKind
from tests.auction.listing.workshop import (
    BOTH_ASK,
    FIRMS,
    KEEPER,
    STRANGER,
    TEAM,
    appraised,
    at,
    by,
    firm_at_work,
    later,
    surveyed_asset,
)
from valuation.appraisal.begin import begin_appraisal
from valuation.appraisal.entrust import end_overdue_engagements, engagements_of
from valuation.appraisal.firm_steps import (
    accept_engagement,
    ask_more_time,
    decide_more_time,
    decline_engagement,
    record_returned_materials,
)
from valuation.appraisal.models import AppraisalEngagement
from valuation.appraisal.remind import remind_firms
from valuation.appraisers.keep_list import eligible_firms, list_firm, remove_firm
from valuation.appraisers.models import AppraisalFirm
from valuation.models import ValuationState
from valuation.selection import rules
from valuation.selection.begin import begin_waiting_selections, selections_of
from valuation.selection.choose import name_firms
from valuation.selection.lottery import commit_due_draws, hold_draw, public_draw
from valuation.selection.models import SelectionState
from valuation.selection.rules import Candidate, DrawRecord


def candidates(count: int) -> list[Candidate]:
    """Firms with licences of their own."""
    return [Candidate(uuid4(), f"机构{number}", f"证{number}") for number in range(count)]


def record_of(firms: list[Candidate], secret: bytes, value: str) -> DrawRecord:
    """A draw as it is published."""
    selection = uuid4()
    commitment = rules.committed(selection, firms, secret).hex()
    chosen = [each.id for each in rules.draw(firms, secret, value)]
    return DrawRecord(selection, firms, commitment, "收盘点位", value, secret.hex(), chosen)


@given(st.integers(1, 12), st.text(min_size=1, max_size=10))
def test_V20_anyone_recomputes_the_draw_and_any_change_shows(count: int, value: str) -> None:
    record = record_of(candidates(count), new_secret(), value)
    assert rules.faults(record) == []
    assert len(record.chosen) == min(3, count)
    changed = [
        msgspec.structs.replace(record, secret=new_secret().hex()),
        msgspec.structs.replace(record, commitment="00" * 32),
        msgspec.structs.replace(record, chosen=[uuid4(), *record.chosen[1:]]),
        msgspec.structs.replace(record, selection_id=uuid4()),
        msgspec.structs.replace(record, candidates=[*record.candidates, *candidates(1)]),
        msgspec.structs.replace(record, secret="zz"),
        msgspec.structs.replace(record, public_value=""),
    ]
    assert all(rules.faults(each) for each in changed)


def test_V20_accord_means_the_same_firms_in_the_same_order() -> None:
    a, b = UUID(int=1), UUID(int=2)
    assert rules.agreed([a, b], {a: ["x", "y", "z"], b: ["x", "y", "z"]}) == ["x", "y", "z"]
    assert rules.agreed([a, b], {a: ["x", "y", "z"], b: ["y", "x", "z"]}) is None
    assert rules.agreed([a, b], {a: ["x", "y", "z"]}) is None
    rules.check_choice(["x", "y"], ["x", "y"])
    for wrong in (["x"], ["x", "x", "y"], ["x", "y", "q"]):
        with pytest.raises(InvalidInput):
            rules.check_choice(wrong, ["x", "y", "z", "w"])


async def test_V20_both_parties_name_the_same_firms_and_the_first_is_entrusted(work: Work) -> None:
    made = await surveyed_asset(work)
    valuation = await appraised(work, made)
    assert valuation.state == ValuationState.APPRAISING
    assert await firm_at_work(work, valuation) == FIRMS[0]
    (selection,) = await selections_of(work, valuation.id)
    assert (selection.state, selection.way) == (SelectionState.CHOSEN, "agreement")
    clock = (await work.session.exec(select(Deadline).where(Deadline.rule == "L-03"))).one()
    assert clock.state == DeadlineState.RUNNING
    with pytest.raises(NotFound):
        await public_draw(work, selection.id)


async def listed(work: Work, count: int) -> None:
    """So many firms on the list."""
    for number in range(count):
        await list_firm(
            by(work, KEEPER), name=f"机构{number}", licence_no=f"证{number}",
            licence_until=work.now.date() + timedelta(days=90), kinds=[AssetKind.REAL_ESTATE],
        )  # fmt: skip


async def test_V20_without_accord_the_draw_is_committed_held_later_and_verifiable(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    await listed(work, 5)
    valuation = await begin_appraisal(team, made.asset.id, facts=BOTH_ASK)
    (selection,) = await selections_of(team, valuation.id)
    firms = [firm.id for firm in await eligible_firms(team, AssetKind.REAL_ESTATE)]
    await name_firms(team, selection.id, made.applicant.id, firms=firms[:3], paper_ref="卷1")
    await name_firms(team, selection.id, made.debtor.id, firms=firms[2:5], paper_ref="卷2")
    assert await commit_due_draws(team) == 0
    due = at(team, selection.due_at)
    with pytest.raises(RuleViolation, match="V-20"):
        await name_firms(due, selection.id, made.debtor.id, firms=firms[:3], paper_ref="卷2")
    assert await commit_due_draws(due) == 1
    assert selection.draw_from is not None
    assert selection.draw_from > due.now
    with pytest.raises(RuleViolation, match="V-20"):
        await hold_draw(due, selection.id, public_value="3286.65", witnesses="王某")
    drawing = at(team, selection.draw_from)
    with pytest.raises(NotPermitted):
        await hold_draw(by(drawing, STRANGER), selection.id, public_value="3286.65", witnesses="王某")
    with pytest.raises(InvalidInput) as refused:
        await hold_draw(drawing, selection.id, public_value="", witnesses="")
    assert set(refused.value.fields) == {"public_value", "witnesses"}
    await hold_draw(drawing, selection.id, public_value="3286.65", witnesses="王某")
    _, record = await public_draw(drawing, selection.id)
    assert record is not None
    assert rules.faults(record) == []
    assert [each.firm_id for each in await engagements_of(drawing, valuation.id)] == record.chosen
    with pytest.raises(RuleViolation):
        await hold_draw(drawing, selection.id, public_value="1", witnesses="王某")


async def test_V20_an_empty_list_waits_and_expired_licences_do_not_count(work: Work) -> None:
    made = await surveyed_asset(work, debtor_reachable=False)
    team = by(work, TEAM)
    valuation = await begin_appraisal(team, made.asset.id, facts=BOTH_ASK)
    assert await commit_due_draws(team) == 0
    await listed(work, 1)
    assert await eligible_firms(later(team, days=91), AssetKind.REAL_ESTATE) == []
    assert await eligible_firms(team, AssetKind.VEHICLE) == []
    assert await commit_due_draws(team) == 1
    (selection,) = await selections_of(team, valuation.id)
    assert len(selection.candidates) == 1
    assert await begin_waiting_selections(team) == 0


async def at_work(work: Work) -> tuple[Work, AppraisalEngagement]:
    """The first firm at work."""
    made = await surveyed_asset(work)
    valuation = await appraised(work, made)
    return by(work, TEAM), (await engagements_of(work, valuation.id))[0]


async def test_V23_more_time_twice_and_asked_five_days_before(work: Work) -> None:
    team, engagement = await at_work(work)
    assert engagement.due_at is not None
    first = engagement.due_at
    for wrong in (0, 16):
        with pytest.raises(RuleViolation, match="V-23"):
            await ask_more_time(team, engagement.id, days=wrong, reason="现场复杂")
    with pytest.raises(RuleViolation, match="V-23"):
        await ask_more_time(at(team, first - timedelta(days=4)), engagement.id, days=5, reason="现场复杂")
    for _ in range(2):
        await ask_more_time(team, engagement.id, days=15, reason="现场复杂")
        with pytest.raises(Conflict):
            await ask_more_time(team, engagement.id, days=1, reason="现场复杂")
        await decide_more_time(team, engagement.id, granted=True)
    assert engagement.due_at >= first + timedelta(days=30)
    with pytest.raises(RuleViolation, match="V-23"):
        await ask_more_time(team, engagement.id, days=1, reason="现场复杂")
    clocks = (await team.session.exec(select(Deadline).where(Deadline.rule == "L-03"))).all()
    assert [each.due_at for each in clocks if each.state == DeadlineState.RUNNING] == [engagement.due_at]


async def test_L03_the_firm_is_reminded_twice_before_the_end_and_told_when_the_work_is_taken_from_it(
    work: Work,
) -> None:
    team, engagement = await at_work(work)
    firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
    account = await open_account(
        work, login="firm", password_hash="-", display_name="机构", roles={Role.APPRAISER}, court_code=None
    )
    firm.account_id = account.id
    assert engagement.due_at is not None
    first, second = engagement.due_at, engagement.due_at + timedelta(days=10)

    async def told(moment: datetime) -> list[str]:
        await remind_firms(at(team, moment))
        return [str(each.title.msgid) for each in await notices_of(work, account.id)]

    assert await told(first - timedelta(days=9)) == []
    for _ in range(2):
        assert await told(first - timedelta(days=8)) == ["评估报告即将到期"]
    await ask_more_time(at(team, first - timedelta(days=7)), engagement.id, days=10, reason="现场复杂")
    await decide_more_time(at(team, first - timedelta(days=7)), engagement.id, granted=True)
    assert engagement.due_at >= second
    assert len(await told(first - timedelta(days=1))) == 1, "the reminder moves with the end"
    assert len(await told(engagement.due_at - timedelta(days=8))) == 2
    assert len(await told(engagement.due_at - timedelta(days=2))) == 3
    late = at(team, engagement.due_at)
    assert len(await told(late.now)) == 3
    assert await end_overdue_engagements(late) == 1
    assert "评估委托已逾期终止" in await told(late.now)


async def test_V23_the_next_firm_follows_and_at_last_the_parties_choose_again(work: Work) -> None:
    team, engagement = await at_work(work)
    assert engagement.due_at is not None
    await accept_engagement(team, engagement.id)
    late = at(team, engagement.due_at)
    assert await end_overdue_engagements(late) == 1
    assert engagement.state == "overdue"
    assert engagement.materials_due_at is not None
    assert engagement.materials_due_at.astimezone(COURT_ZONE) > late.now
    await record_returned_materials(late, engagement.id)
    second, third = (await engagements_of(late, engagement.valuation_id))[1:]
    assert second.state == "entrusted"
    await decline_engagement(late, second.id, reason="与当事人有利害关系")
    await decline_engagement(late, third.id, reason="人员不足")
    assert await begin_waiting_selections(late) == 1
    assert await begin_waiting_selections(late) == 0
    assert len(await selections_of(late, engagement.valuation_id)) == 2
    assert [each.state for each in await engagements_of(late, engagement.valuation_id)] == [
        "overdue", "declined", "declined",
    ]  # fmt: skip


async def test_V23_an_undecided_request_is_no_silence(work: Work) -> None:
    team, engagement = await at_work(work)
    await ask_more_time(team, engagement.id, days=10, reason="等待资料")
    assert engagement.due_at is not None
    assert await end_overdue_engagements(at(team, engagement.due_at)) == 0


async def test_V21_only_the_firm_itself_or_the_court_acts(work: Work) -> None:
    _, engagement = await at_work(work)
    other = by(work, Actor(new_id(), "另一机构", frozenset({Role.APPRAISER})))
    for step in (
        accept_engagement(other, engagement.id),
        decline_engagement(other, engagement.id, reason="x"),
    ):
        with pytest.raises(NotPermitted):
            await step


async def test_V20_only_the_superior_keeps_the_list(work: Work) -> None:
    await listed(work, 2)
    with pytest.raises(Conflict):
        await listed(work, 1)
    with pytest.raises(NotPermitted):
        await list_firm(
            by(work, TEAM), name="x", licence_no="x", licence_until=work.now.date() + timedelta(days=9),
            kinds=[AssetKind.LAND],
        )  # fmt: skip
    (first, _) = await eligible_firms(work, AssetKind.REAL_ESTATE)
    await remove_firm(by(work, KEEPER), first.id, reason="出具虚假报告")
    assert len(await eligible_firms(work, AssetKind.REAL_ESTATE)) == 1

"""Cases that ended without full result are searched again every six months, and go on when something is found (D-06)."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import select

from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.queries import deadlines_about
from core.deadlines.rules import COURT_ZONE, end_of_day, months_later
from core.documents import document_by_id
from core.errors import Conflict, InvalidInput, NotPermitted
from core.identity import Actor, Role
from core.identity.accounts import as_actor, open_account
from core.ids import new_id
from core.notices.models import Notice
from disposal_teams.cases.models import CaseState, EnforcementCase, PartyRole
from disposal_teams.cases.register import add_party
from disposal_teams.conclusions import search_rules as rules
from disposal_teams.conclusions.models import (
    CaseConclusion,
    ConclusionState,
    Ground,
    PropertySearch,
    ResumeGround,
    SearchChannel,
    SearchState,
    Way,
)
from disposal_teams.conclusions.papers import party_may_read
from disposal_teams.conclusions.queries import searches_of, searches_of_court
from disposal_teams.conclusions.resume import resume_case
from disposal_teams.conclusions.search import drop_search, plan_missing, record_search
from disposal_teams.courts.establish import establish_courts
from tests.disposal_teams.city import HUQIU, KUNSHAN, make_case, person

OFFICER = person(HUQIU, Role.CASE_OFFICER)
LEADER = person(HUQIU, Role.BUREAU_DIRECTOR)
BANK = [SearchChannel.BANK, SearchChannel.REAL_ESTATE]
BAD: tuple[dict[str, Any], ...] = ({"channels": []}, {"found": True, "findings": " "})


@given(st.dates(date(2016, 1, 1), date(2040, 1, 1)))
def test_D06_ten_searches_fall_into_five_years(ended: date) -> None:
    days = [rules.due_on(ended, number) for number in range(1, rules.MOST + 1)]
    assert days == sorted(set(days))
    assert days[0] == months_later(ended, 6)
    assert days[-1] == months_later(ended, 60)
    assert rules.next_number(ended, after=0, today=ended) == 1
    assert rules.next_number(ended, after=0, today=days[3]) == 4, "what passed before is not made up for"
    assert rules.next_number(ended, after=rules.MOST, today=ended) is None
    assert rules.next_number(ended, after=0, today=days[-1] + timedelta(days=1)) is None


def at(work: Work, actor: Actor, day: date) -> Work:
    """The transaction at ten in the morning of a day."""
    return Work(work.session, actor, datetime(day.year, day.month, day.day, 10, tzinfo=COURT_ZONE))


async def ended_case(work: Work, *, days_ago: int) -> tuple[EnforcementCase, CaseConclusion, Actor]:
    """A case of 虎丘 that ended so long ago, and its applicant."""
    await establish_courts(work)
    case = await make_case(work, HUQIU, 82)
    account = await open_account(
        work, login="searched", password_hash="x", display_name="丙", roles={Role.CREDITOR}
    )
    own = Work(work.session, OFFICER, work.now)
    await add_party(own, case, role=PartyRole.APPLICANT, name="申请人丙", account_id=account.id)
    await add_party(own, case, role=PartyRole.DEBTOR, name="被执行人甲")
    ended = work.now - timedelta(days=days_ago)
    conclusion = CaseConclusion(
        id=new_id(), case_id=case.id, court_code=HUQIU, way=Way.NO_RESULT, ground=Ground.NOTHING_FOUND,
        state=ConclusionState.CONCLUDED, reason="x", applied_fen=100, members=["甲", "乙", "丙"], proposed_at=ended,
        proposed_by=new_id(), decided_by=new_id(), decided_at=ended,
        concluded_on=ended.astimezone(COURT_ZONE).date(),
    )  # fmt: skip
    work.session.add(conclusion)
    case.state = CaseState.CLOSED
    await work.session.flush()
    return case, conclusion, as_actor(account)


async def clock_of(work: Work, search_id: UUID) -> Deadline:
    (found,) = await deadlines_about(work, "property_search", search_id)
    return found


async def test_D06_an_ended_case_is_searched_every_six_months_for_five_years_and_resumes_when_something_is_found(
    work: Work,
) -> None:
    case, conclusion, applicant = await ended_case(work, days_ago=0)
    assert conclusion.concluded_on is not None
    assert await plan_missing(work) == 1
    assert await plan_missing(work) == 0
    (first,) = await searches_of(work, case.id)
    assert (first.number, first.due_on) == (1, months_later(conclusion.concluded_on, 6))
    clock = await clock_of(work, first.id)
    assert clock.last_day == first.due_on
    assert clock.due_at >= end_of_day(first.due_on)
    then = at(work, OFFICER, first.due_on)
    for wrong in BAD:
        with pytest.raises(InvalidInput):
            await record_search(
                then,
                first.id,
                **{"channels": BANK, "found": False, "findings": "", **wrong},
            )
    for nobody in (person(KUNSHAN, Role.CASE_OFFICER), person(HUQIU, Role.FINANCE)):
        with pytest.raises(NotPermitted):
            await record_search(
                at(work, nobody, first.due_on), first.id, channels=BANK, found=False, findings=""
            )
    await record_search(then, first.id, channels=BANK, found=False, findings="")
    with pytest.raises(Conflict):
        await record_search(then, first.id, channels=BANK, found=False, findings="")
    assert (await clock_of(work, first.id)).state == DeadlineState.MET
    second, _ = await searches_of(work, case.id)
    assert (second.number, second.state) == (2, SearchState.DUE)
    assert [each.id for each, _ in await searches_of_court(then, HUQIU, state=SearchState.DUE)] == [second.id]

    later = at(work, OFFICER, second.due_on)
    await record_search(later, second.id, channels=BANK, found=True, findings="名下新登记车辆一辆。")
    assert second.document_id is not None
    paper = await document_by_id(work, second.document_id)
    words = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages).split())
    assert "名下新登记车辆一辆" in words
    assert await party_may_read(Work(work.session, applicant, work.now), paper)
    told = await work.session.exec(select(Notice).where(Notice.account_id == applicant.account_id))
    assert len(list(told)) == 2
    assert len(await searches_of(work, case.id)) == 2, "nothing more is due while the find waits"
    year = second.due_on.year
    await resume_case(
        later,
        case.id,
        case_no=f"（{year}）苏{HUQIU}执恢8号",
        ground=ResumeGround.PROPERTY_FOUND,
        note=second.findings,
    )
    assert await searches_of_court(later, HUQIU, state=SearchState.FOUND) == []


async def test_D06_a_find_that_does_not_resume_the_case_is_dropped_by_a_leader_and_the_search_goes_on(
    work: Work,
) -> None:
    case, _, _ = await ended_case(work, days_ago=400)
    assert await plan_missing(work) == 1
    (search,) = await searches_of(work, case.id)
    assert search.number == 3, "two days passed before the service knew of the case"
    officer, leader = (at(work, each, search.due_on) for each in (OFFICER, LEADER))
    with pytest.raises(Conflict):
        await drop_search(leader, search.id, why="没有价值")
    await record_search(officer, search.id, channels=BANK, found=True, findings="余额 3 元。")
    with pytest.raises(NotPermitted):
        await drop_search(officer, search.id, why="没有价值")
    with pytest.raises(InvalidInput):
        await drop_search(leader, search.id, why=" ")
    await drop_search(leader, search.id, why="不足以支付费用")
    states = [(each.number, each.state) for each in await searches_of(work, case.id)]
    assert states == [(4, SearchState.DUE), (3, SearchState.NOTHING)]
    debtor = await open_account(
        work, login="searched-debtor", password_hash="x", display_name="甲", roles={Role.DEBTOR}
    )
    assert search.document_id is not None
    paper = await document_by_id(work, search.document_id)
    assert not await party_may_read(Work(work.session, as_actor(debtor), work.now), paper)


async def test_D06_a_resumed_case_is_searched_no_more_by_its_ended_number(work: Work) -> None:
    case, _, _ = await ended_case(work, days_ago=10)
    await plan_missing(work)
    (search,) = await searches_of(work, case.id)
    year = case.case_no[1:5]
    await resume_case(
        at(work, OFFICER, work.now.date()), case.id, case_no=f"（{year}）苏{HUQIU}执恢8号",
        ground=ResumeGround.OTHER, note="申请人提供线索。",
    )  # fmt: skip
    kept = await work.session.get_one(PropertySearch, search.id)
    assert kept.state == SearchState.CANCELLED
    assert (await clock_of(work, search.id)).state == DeadlineState.WAIVED
    assert await plan_missing(work) == 0

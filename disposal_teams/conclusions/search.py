"""Search the debtor of an ended case again every six months, tell the applicants, and let the case go on when something is found
(D-06)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import col, select

from core.audit import record
from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import Period, day_in_court
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role
from core.ids import new_id
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.queries import case_of
from disposal_teams.conclusions import search_rules as rules
from disposal_teams.conclusions.models import (
    CaseConclusion,
    ConclusionState,
    PropertySearch,
    SearchChannel,
    SearchState,
    Way,
)
from disposal_teams.conclusions.papers import issue_search_notice, tell_parties
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.progress import require_own
from disposal_teams.plain_text import clean_text

BATCH = 500
_KIND = "property_search"


async def plan_search(work: Work, conclusion: CaseConclusion, *, after: int = 0) -> PropertySearch | None:
    """Plan the search that comes next with its clock; None when the case did not end without full result, or five years are
    over. Repeating changes nothing: a case has one search that is due."""
    if conclusion.way != Way.NO_RESULT or conclusion.concluded_on is None:
        return None
    today = day_in_court(work.now)
    number = rules.next_number(conclusion.concluded_on, after=after, today=today)
    if number is None:
        return None
    due_on = rules.due_on(conclusion.concluded_on, number)
    search = PropertySearch(
        id=new_id(), conclusion_id=conclusion.id, case_id=conclusion.case_id, court_code=conclusion.court_code,
        number=number, due_on=due_on, is_demo=conclusion.is_demo,
    )  # fmt: skip
    work.session.add(search)
    await work.session.flush()
    await open_deadline(
        work, rules.RULE, subject_kind=_KIND, subject_id=search.id, due_at=Period(due_on),
        owner_role=Role.CASE_OFFICER, owner_court=conclusion.court_code, case_id=conclusion.case_id,
        trigger_event="case.concluded" if after == 0 else "case.searched",
    )  # fmt: skip
    return search


async def plan_missing(work: Work) -> int:
    """Plan a search for cases that ended before searches were planned. Bounded; returns how many were planned."""
    since = day_in_court(work.now) - timedelta(days=rules.YEARS * 366)
    rows = await work.session.exec(
        select(CaseConclusion)
        .where(
            CaseConclusion.state == ConclusionState.CONCLUDED,
            CaseConclusion.way == Way.NO_RESULT,
            col(CaseConclusion.concluded_on) > since,
            ~exists().where(col(PropertySearch.conclusion_id) == col(CaseConclusion.id)),
        )
        .order_by(col(CaseConclusion.concluded_on))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return sum([await plan_search(work, each) is not None for each in list(rows)])


async def record_search(
    work: Work, search_id: UUID, *, channels: Sequence[SearchChannel], found: bool, findings: str
) -> PropertySearch:
    """Write down what the search found; applicants are told in writing, and the next one is planned where nothing was found.

    Raises `InvalidInput` by field, `Conflict` (done), `NotFound`, `NotPermitted`.
    """
    search = await work.session.get(PropertySearch, search_id, with_for_update=True, populate_existing=True)
    if search is None:
        raise NotFound(msg("没有找到该次财产查询。"), rule=rules.RULE)
    require_own(work, Permission.CONCLUDE_CASE, search.court_code)
    if search.state != SearchState.DUE:
        raise Conflict(msg("该次查询已经办理。"), rule=rules.RULE)
    rules.check_result(channels, found=found, findings=findings)
    fields: dict[str, Message] = {}
    search.findings = clean_text(findings, "findings", fields, longest=2000, required=found)
    search.channels = [str(each) for each in SearchChannel if each in set(channels)]
    search.state = SearchState.FOUND if found else SearchState.NOTHING
    search.done_at, search.done_by, search.done_by_name = work.now, work.actor.account_id, work.actor.name
    await meet_deadline(
        work, rules.RULE, subject_kind=_KIND, subject_id=search.id, done_event="case.searched"
    )
    case = await case_of(work, search.case_id)
    conclusion = await work.session.get_one(CaseConclusion, search.conclusion_id)
    paper = await issue_search_notice(work, search, conclusion, case)
    search.document_id = paper.id
    by_post = await tell_parties(
        work, case, paper, key=f"search:{search.id}", title=msg("财产查询结果"), roles={PartyRole.APPLICANT},
        body=msg("{case_no} 终结本次执行程序后的第 {number} 次财产查询已完成。", case_no=case.case_no, number=search.number),
    )  # fmt: skip
    await record(
        work, "case.searched", stream=f"case:{case.id}", rule=rules.RULE, case_id=case.id, document_id=paper.id,
        number=search.number, found=found, channels=search.channels, by_post=by_post,
    )  # fmt: skip
    if found:
        await _tell_of_find(work, search, case)
    else:
        await plan_search(work, conclusion, after=search.number)
    return search


async def _tell_of_find(work: Work, search: PropertySearch, case: EnforcementCase) -> None:
    await tell_court(
        work, search.court_code, Role.CASE_OFFICER, Role.BUREAU_DIRECTOR, key=f"search:{search.id}:found",
        title=msg("终本案件发现财产，请恢复执行"),
        body=msg("{case_no} 查询发现可供执行的财产，符合条件的应当及时恢复执行。", case_no=case.case_no),
        link=f"/team/cases/{case.id}/searches",
    )  # fmt: skip


async def drop_search(work: Work, search_id: UUID, *, why: str) -> PropertySearch:
    """What was found cannot be enforced on after all, or the claim is gone: the case rests on, the next search is planned.

    Raises `InvalidInput`, `Conflict` (nothing found, or resumed), `NotFound`, `NotPermitted`.
    """
    search = await work.session.get(PropertySearch, search_id, with_for_update=True, populate_existing=True)
    if search is None:
        raise NotFound(msg("没有找到该次财产查询。"), rule=rules.RULE)
    require_own(work, Permission.APPROVE_CONCLUSION, search.court_code)
    fields: dict[str, Message] = {}
    search.dropped_why = clean_text(why, "why", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明不恢复执行的理由。"), fields=fields, rule=rules.RULE)
    conclusion = await work.session.get_one(CaseConclusion, search.conclusion_id)
    if search.state != SearchState.FOUND or conclusion.state != ConclusionState.CONCLUDED:
        raise Conflict(msg("没有待恢复执行的查询结果。"), rule=rules.RULE)
    search.state = SearchState.NOTHING
    await record(
        work, "case.find_dropped", stream=f"case:{search.case_id}", rule=rules.RULE, case_id=search.case_id,
        number=search.number, reason=search.dropped_why,
    )  # fmt: skip
    await plan_search(work, conclusion, after=search.number)
    return search


async def end_searches(work: Work, conclusion: CaseConclusion) -> None:
    """The case goes on: nothing is searched by its ended number any more."""
    rows = await work.session.exec(
        select(PropertySearch)
        .where(PropertySearch.conclusion_id == conclusion.id, PropertySearch.state == SearchState.DUE)
        .with_for_update()
    )
    for search in list(rows):
        search.state = SearchState.CANCELLED
        await waive_deadline(
            work, rules.RULE, subject_kind=_KIND, subject_id=search.id, reason="case.resumed"
        )

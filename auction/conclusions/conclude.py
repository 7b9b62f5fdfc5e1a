"""The officer proposes to conclude a case, another person decides; the case is closed with its paper (§11.9, P-05)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auction.conclusions.facts import standing_of
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role
from core.ids import new_id
from core.money import LARGEST_FEN
from disposal_teams.cases.models import CaseState, EnforcementCase
from disposal_teams.cases.queries import case_of
from disposal_teams.conclusions import rules
from disposal_teams.conclusions.models import CaseConclusion, ConclusionState, Ground, Way
from disposal_teams.conclusions.papers import issue_conclusion_paper, tell_parties
from disposal_teams.conclusions.queries import locked_conclusion
from disposal_teams.conclusions.search import plan_search
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.progress import require_own
from disposal_teams.plain_text import clean_text


async def _locked_case(work: Work, case_id: UUID) -> EnforcementCase:
    await case_of(work, case_id)
    return await work.session.get_one(EnforcementCase, case_id, with_for_update=True, populate_existing=True)


async def propose_conclusion(
    work: Work,
    case_id: UUID,
    *,
    way: Way,
    ground: Ground,
    reason: str,
    other_fen: int = 0,
    other_note: str = "",
    members: Sequence[str] = (),
    minutes: str = "",
) -> CaseConclusion:
    """Propose to conclude the case in this way. Every line of the list must be green; amounts are read here, in fen.

    `other_fen`: what came otherwise than by sales, `other_note` how. A ruling names the panel and its minutes (P-05).
    Raises `RuleViolation` (a red line, a closed case), `InvalidInput`, `Conflict` (one is open), `NotPermitted`.
    """
    case = await _locked_case(work, case_id)
    require_own(work, Permission.CONCLUDE_CASE, case.court_code)
    way, ground = Way(way), Ground(ground)
    if case.state == CaseState.CLOSED:
        raise RuleViolation("§11.9", msg("案件 {case_no} 已结案。", case_no=case.case_no))
    rules.check_ground(way, ground)
    names = [name.strip() for name in members if name.strip()]
    rules.check_panel(way, names)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=2000)
    minutes = clean_text(minutes, "minutes", fields, longest=2000, required=way in rules.RULED)
    other_note = clean_text(other_note, "other_note", fields, longest=300, required=other_fen > 0)
    if not 0 <= other_fen <= LARGEST_FEN:
        fields["other_fen"] = msg("金额须为 0 至 10 万亿元。")
    if any(len(name) > 40 for name in names):
        fields["members"] = msg("姓名最多 40 个字。")
    if fields:
        raise InvalidInput(msg("结案信息有误，请按提示修改。"), fields=fields, rule="P-05")
    standing = await standing_of(work, case)
    amounts = standing.amounts(other_fen)
    lines = rules.check_list(
        way, standing.open, amounts, now=work.now, today=work.now.astimezone(COURT_ZONE).date()
    )
    rules.check_green(way, lines)
    conclusion = CaseConclusion(
        id=new_id(), case_id=case.id, court_code=case.court_code, way=way, ground=ground, reason=reason,
        applied_fen=amounts.applied_fen, sales_fen=amounts.sales_fen, other_fen=other_fen, other_note=other_note,
        realised_fen=amounts.realised_fen, had_property=standing.facts.had_property, members=names, minutes=minutes,
        checklist=rules.as_stored(lines), proposed_by=work.actor.account_id, proposed_by_name=work.actor.name,
        proposed_at=work.now, is_demo=case.is_demo,
    )  # fmt: skip
    try:
        async with work.session.begin_nested():
            work.session.add(conclusion)
    except IntegrityError as error:
        raise Conflict(msg("该案已有一份结案申请待审批。"), rule="P-05") from error
    await record(
        work, "case.conclusion_proposed", stream=f"case:{case.id}", rule="P-05", case_id=case.id, way=str(way),
        ground=str(ground), conclusion=str(conclusion.id),
    )  # fmt: skip
    await tell_court(
        work, case.court_code, Role.BUREAU_DIRECTOR, key=f"conclusion:{conclusion.id}", title=msg("结案待审批"),
        body=msg("{case_no} 申请以“{way}”结案。", case_no=case.case_no, way=msg(rules.WAY_LABELS[way])),
        link=f"/team/cases/{case.id}/conclusion",
    )  # fmt: skip
    return conclusion


async def decide_conclusion(
    work: Work, conclusion_id: UUID, *, is_approved: bool, why: str = ""
) -> CaseConclusion:
    """Approve, and the case is closed this day; or refuse with a reason. The list is run again on this day (T-13).

    Raises `RuleViolation` (a line has become red, the proposer decides), `Conflict` (decided), `InvalidInput`, `NotPermitted`.
    """
    conclusion = await locked_conclusion(work, conclusion_id)
    require_own(work, Permission.APPROVE_CONCLUSION, conclusion.court_code)
    case = await _locked_case(work, conclusion.case_id)
    if conclusion.state != ConclusionState.PROPOSED:
        raise Conflict(msg("该结案申请已经办理。"), rule="P-05")
    if work.actor.account_id is not None and work.actor.account_id == conclusion.proposed_by:
        raise RuleViolation(
            "P-05", msg("申请人不能审批自己的结案申请。"), remedy=msg("请由局长或者分管院领导审批。")
        )
    fields: dict[str, Message] = {}
    why = clean_text(why, "why", fields, longest=500, required=not is_approved)
    if fields:
        raise InvalidInput(msg("请写明不批准的理由。"), fields=fields, rule="P-05")
    if is_approved:
        await _close(work, conclusion, case, why)
    else:
        _sign(work, conclusion, ConclusionState.REFUSED, why)
        await record(
            work, "case.conclusion_refused", stream=f"case:{case.id}", rule="P-05", case_id=case.id, reason=why,
            conclusion=str(conclusion.id),
        )  # fmt: skip
    await work.session.flush()
    await tell_court(
        work, case.court_code, Role.CASE_OFFICER, key=f"conclusion:{conclusion.id}:decided",
        title=msg(rules.STATE_LABELS[ConclusionState(conclusion.state)]),
        body=msg("{case_no} 的结案申请已审批。", case_no=case.case_no), link=f"/team/cases/{case.id}/conclusion",
    )  # fmt: skip
    return conclusion


def _sign(work: Work, conclusion: CaseConclusion, state: ConclusionState, why: str) -> None:
    conclusion.state = state
    conclusion.decided_by, conclusion.decided_by_name = work.actor.account_id, work.actor.name
    conclusion.decided_at, conclusion.decided_why = work.now, why


async def _close(work: Work, conclusion: CaseConclusion, case: EnforcementCase, why: str) -> None:
    way = Way(conclusion.way)
    today = work.now.astimezone(COURT_ZONE).date()
    standing = await standing_of(work, case)
    amounts = standing.amounts(conclusion.other_fen)
    lines = rules.check_list(way, standing.open, amounts, now=work.now, today=today)
    rules.check_green(way, lines)
    conclusion.applied_fen, conclusion.sales_fen = amounts.applied_fen, amounts.sales_fen
    conclusion.realised_fen, conclusion.had_property = amounts.realised_fen, standing.facts.had_property
    conclusion.checklist, conclusion.concluded_on = rules.as_stored(lines), today
    _sign(work, conclusion, ConclusionState.CONCLUDED, why)
    case.state = CaseState.CLOSED
    await work.session.flush()
    paper = await issue_conclusion_paper(work, conclusion, case)
    conclusion.document_id = paper.id
    by_post = await tell_parties(
        work, case, paper, key=f"conclusion:{conclusion.id}", title=msg("案件已结案"),
        body=msg("{case_no} 已以“{way}”结案。", case_no=case.case_no, way=msg(rules.WAY_LABELS[way])),
    )  # fmt: skip
    await record(
        work, "case.concluded", stream=f"case:{case.id}", rule="T-13" if way is Way.NO_RESULT else "P-05",
        case_id=case.id, document_id=paper.id, way=str(way), ground=conclusion.ground,
        applied_fen=conclusion.applied_fen, realised_fen=conclusion.realised_fen, by_post=by_post,
    )  # fmt: skip
    await plan_search(work, conclusion)

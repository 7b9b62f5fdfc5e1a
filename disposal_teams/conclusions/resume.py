"""A case that ended without full result goes on when property is found: new number, same parties, claims and seals (D-06)."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import select

from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role
from disposal_teams.assets.queries import assets_of_case
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import case_of
from disposal_teams.cases.rules import parse_case_number
from disposal_teams.conclusions.models import CaseConclusion, ConclusionState, ResumeGround, Way
from disposal_teams.conclusions.papers import issue_resumption_paper, tell_parties
from disposal_teams.conclusions.rules import RESUME_LABELS, check_resumable
from disposal_teams.conclusions.search import end_searches
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.progress import require_own
from disposal_teams.orders.carry_over import carry_over_case
from disposal_teams.plain_text import clean_text


async def resume_case(
    work: Work,
    case_id: UUID,
    *,
    case_no: str,
    ground: ResumeGround,
    note: str,
    due: Mapping[UUID, int] | None = None,
) -> EnforcementCase:
    """Register the resumed case (执恢) of what was not realised, with parties, claims and what is left of the assets. `due`: what
    is still owed to a party, in fen, by its id in the ended case; the others keep their claim.

    Raises `RuleViolation` unless the case ended this round only (终本), `InvalidInput`, `Conflict` (number), `NotPermitted`.
    """
    old = await case_of(work, case_id)
    require_own(work, Permission.CONCLUDE_CASE, old.court_code)
    found = await work.session.exec(
        select(CaseConclusion)
        .where(CaseConclusion.case_id == old.id, CaseConclusion.state == ConclusionState.CONCLUDED)
        .with_for_update()
    )
    conclusion = found.first()
    if conclusion is None:
        raise NotFound(msg("该案件没有结案，或者已经恢复执行。"), rule="D-06")
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("请写明恢复执行的事实。"), fields=fields, rule="D-06")
    number = parse_case_number(case_no)
    check_resumable(Way(conclusion.way), ConclusionState(conclusion.state), number.type)
    if number.court_code != old.court_code:
        raise InvalidInput(
            msg("案号不是本院的案号。"), fields={"case_no": msg("请填写本院的执恢案号。")}, rule="D-06"
        )
    left = [asset.id for asset in await assets_of_case(work, old.id)]
    new = await carry_over_case(work, old, case_no=case_no, court_code=old.court_code, assets=left, due=due)
    new.claim_fen = conclusion.applied_fen - conclusion.realised_fen
    conclusion.state, conclusion.resumed_at = ConclusionState.RESUMED, work.now
    conclusion.resumed_by_name, conclusion.new_case_id = work.actor.name, new.id
    conclusion.resume_ground, conclusion.resume_note = ResumeGround(ground), note
    await end_searches(work, conclusion)
    await work.session.flush()
    paper = await issue_resumption_paper(work, conclusion, old, new)
    conclusion.resume_document_id = paper.id
    said = msg("{old} 一案恢复执行，新案号为 {new}。", old=old.case_no, new=new.case_no)
    by_post = await tell_parties(
        work, new, paper, key=f"conclusion:{conclusion.id}:resumed", title=msg("案件恢复执行"), body=said
    )
    await tell_court(
        work, old.court_code, Role.BUREAU_DIRECTOR, key=f"conclusion:{conclusion.id}:resumed",
        title=msg("案件恢复执行"), body=said, link=f"/team/cases/{new.id}",
    )  # fmt: skip
    await record(
        work, "case.resumed", stream=f"case:{old.id}", rule="D-06", case_id=old.id, document_id=paper.id,
        ground=str(ground), reason=RESUME_LABELS[ResumeGround(ground)], new_case=new.case_no, by_post=by_post,
    )  # fmt: skip
    return new

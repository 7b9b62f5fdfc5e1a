"""Review by the next higher court (复议): asked within ten days, decided within thirty (+30) (B-60, L-35)."""

from uuid import UUID

from core.database import Work
from core.deadlines import waive_deadline
from core.deadlines.rules import period_end
from core.errors import Conflict, InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.courts.queries import court_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.objections import rules
from disposal_teams.objections.models import Objection, ObjectionKind, ObjectionState, Outcome, Remedy
from disposal_teams.objections.papers import issue_review_paper
from disposal_teams.objections.progress import (
    end,
    lock_objection,
    move,
    note,
    require_state,
    start_clock,
    stop_clock,
)
from disposal_teams.objections.queries import may_follow
from disposal_teams.plain_text import clean_text


async def ask_reconsideration(work: Work, objection_id: UUID, *, reasons: str) -> Objection:
    """The filer or a party asks the court above, within ten days of service. The file goes up at once.

    Raises `RuleViolation` (not served, too late, a matter for suit), `InvalidInput`, `NotFound` for others.
    """
    objection = await lock_objection(work, objection_id)
    await may_follow(work, objection)
    fields: dict[str, Message] = {}
    reasons = clean_text(reasons, "reasons", fields, longest=4000)
    if fields:
        raise InvalidInput(msg("请写明申请复议的理由。"), fields=fields, rule="L-35")
    rules.check_transition(ObjectionState(objection.state), ObjectionState.RECONSIDERATION)
    ends_at = objection.served_at and period_end(objection.served_at, days=rules.ASK_DAYS)
    rules.check_window(now=work.now, served_at=objection.served_at, ends_at=ends_at, rule="L-35")
    move(objection, ObjectionState.RECONSIDERATION)
    court = await court_of(work, objection.court_code)
    # Above the intermediate court stands no court of this city: what the high court rules is entered by its own panel.
    objection.review_court = court.superior_code or court.code
    objection.review_reasons, objection.review_asked_at = reasons, work.now
    await stop_clock(work, objection, rules.ASKING, "objection.reconsideration_asked")
    await start_clock(
        work,
        objection,
        rules.REVIEW,
        days=rules.REVIEW_DAYS,
        owner=Role.OBJECTION_PANEL,
        court=objection.review_court,
    )
    await note(work, objection, "reconsideration_asked", "L-35", review_court=objection.review_court)
    await tell_court(
        work,
        objection.review_court,
        Role.OBJECTION_PANEL,
        Role.INTERMEDIATE_COURT,
        key=f"objection:{objection.id}:review",
        title=msg("收到执行复议申请"),
        body=msg("{number}：请三十日内裁定。", number=objection.number or ""),
        link=f"/court/objections/{objection.id}",
    )
    return objection


async def extend_review(work: Work, objection_id: UUID, *, reason: str) -> Objection:
    """Thirty days more, once, approved by the president of the reviewing court (B-60). Raises `Conflict`, `InvalidInput`."""
    objection = await lock_objection(work, objection_id)
    require(work.actor, Permission.EXTEND_STAY, court_code=objection.review_court)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明延长的理由。"), fields=fields, rule="L-35")
    if objection.state != ObjectionState.RECONSIDERATION or objection.review_extended:
        raise Conflict(msg("复议期限只能延长一次。"), rule="L-35")
    objection.review_extended = True
    await waive_deadline(
        work,
        rules.REVIEW,
        subject_kind="objection",
        subject_id=objection.id,
        reason="objection.review_extended",
    )
    await start_clock(
        work,
        objection,
        rules.REVIEW,
        days=2 * rules.REVIEW_DAYS,
        owner=Role.OBJECTION_PANEL,
        court=objection.review_court,
        started_at=objection.review_asked_at,
    )
    await note(work, objection, "review_extended", "L-35", reason=reason)
    return objection


async def decide_reconsideration(
    work: Work,
    objection_id: UUID,
    *,
    outcome: Outcome,
    remedy: Remedy | None,
    finding: str,
    revocation_ground: str | None = None,
) -> Objection:
    """The reviewing court's ruling: what it finds counts, and is final. Raises `RuleViolation`, `InvalidInput`,
    `NotPermitted`."""
    objection = await lock_objection(work, objection_id)
    require(work.actor, Permission.HANDLE_OBJECTION, court_code=objection.review_court)
    require_state(objection, ObjectionState.RECONSIDERATION)
    fields: dict[str, Message] = {}
    finding = clean_text(finding, "finding", fields, longest=4000)
    if fields:
        raise InvalidInput(msg("请写明复议认定。"), fields=fields, rule="L-35")
    rules.check_ruling(ObjectionKind(objection.kind), outcome, remedy, revocation_ground=revocation_ground)
    objection.outcome, objection.remedy = outcome, remedy
    objection.revocation_ground = revocation_ground or None
    objection.review_finding, objection.reviewed_at = finding, work.now
    objection.review_document_id = (await issue_review_paper(work, objection)).id
    await stop_clock(work, objection, rules.REVIEW, "objection.reviewed")
    await end(work, objection, outcome, event="reviewed", rule="L-35")
    return objection

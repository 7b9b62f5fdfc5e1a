"""Rule on an objection and serve the ruling; then the windows of review or suit run (B-60, B-61, L-35, L-36)."""

from datetime import datetime
from uuid import UUID

from core.database import Work
from core.errors import Conflict, InvalidInput, NotPermitted
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.objections import rules
from disposal_teams.objections.models import Objection, ObjectionKind, ObjectionState, Outcome, Remedy
from disposal_teams.objections.papers import issue_ruling_paper
from disposal_teams.objections.progress import (
    RULING_CLOCK,
    lock_for_panel,
    lock_objection,
    move,
    note,
    require_state,
    start_clock,
    stop_clock,
    tell_filer,
)
from disposal_teams.plain_text import clean_text


async def rule_objection(
    work: Work,
    objection_id: UUID,
    *,
    outcome: Outcome,
    remedy: Remedy | None,
    finding: str,
    revocation_ground: str | None = None,
) -> Objection:
    """Rule, as a member of the panel that sits. `remedy` says what a founded objection does to the sale when it is final.

    Raises `RuleViolation` (§11.8, B-55, B-61), `InvalidInput`, `NotPermitted` (not of the panel: P-04).
    """
    objection = await lock_for_panel(work, objection_id)
    if work.actor.account_id not in objection.panel_accounts:
        raise NotPermitted(msg("只有审查本案的合议庭成员可以录入裁定。"), rule="P-04")
    fields: dict[str, Message] = {}
    finding = clean_text(finding, "finding", fields, longest=4000)
    if fields:
        raise InvalidInput(msg("请写明审查认定。"), fields=fields, rule="B-60")
    rules.check_ruling(ObjectionKind(objection.kind), outcome, remedy, revocation_ground=revocation_ground)
    move(objection, ObjectionState.RULED)
    objection.outcome, objection.remedy = outcome, remedy
    objection.revocation_ground = revocation_ground or None
    objection.finding, objection.ruled_at = finding, work.now
    objection.ruling_document_id = (await issue_ruling_paper(work, objection)).id
    await stop_clock(work, objection, RULING_CLOCK[objection.kind], "objection.ruled")
    rule = "B-61" if objection.kind == ObjectionKind.THIRD_PARTY else "B-60"
    await note(work, objection, "ruled", rule, outcome=str(outcome), remedy=remedy and str(remedy))
    return objection


async def record_service(work: Work, objection_id: UUID, *, served_at: datetime, proof: str) -> Objection:
    """The ruling has reached filer and parties, the last of them at `served_at`: the windows run from there.

    Raises `InvalidInput` (no proof, before the ruling, in the future), `Conflict` (served already), `NotPermitted`.
    """
    objection = await lock_objection(work, objection_id)
    require(work.actor, Permission.RECORD_OBJECTION, court_code=objection.court_code)
    if objection.served_at is not None:
        raise Conflict(msg("裁定的送达已经登记。"), rule="B-60")
    require_state(objection, ObjectionState.RULED)
    assert objection.ruled_at is not None
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    if not objection.ruled_at <= served_at <= work.now:
        fields["served_at"] = msg("送达时间须在裁定之后、现在之前。")
    if fields:
        raise InvalidInput(msg("送达记录有误，请按提示修改。"), fields=fields, rule="B-60")
    assert objection.outcome is not None
    objection.served_at = served_at
    if rules.goes_to_suit(ObjectionKind(objection.kind), Outcome(objection.outcome)):
        move(objection, ObjectionState.SUIT_WINDOW)
        window, days = rules.SUIT_WINDOW, rules.SUIT_DAYS
        way = msg("不服的，自送达之日起十五日内向执行法院提起诉讼。")
    else:
        window, days = rules.ASKING, rules.ASK_DAYS
        way = msg("不服的，自送达之日起十日内向上一级法院申请复议。")
    await start_clock(work, objection, window, days=days, owner=Role.CREDITOR, started_at=served_at)
    await note(work, objection, "served", "B-60", served_at=served_at.isoformat(), proof=proof)
    await tell_filer(work, objection, "served", msg("异议裁定已送达"), way)
    return objection

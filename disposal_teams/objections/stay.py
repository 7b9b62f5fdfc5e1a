"""Whether the sale stands still while an objection is open (B-60, B-61): by decision, and on for security."""

from uuid import UUID

from core.database import Work
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from disposal_teams.objections import rules
from disposal_teams.objections.followers import Occasion, tell_followers
from disposal_teams.objections.models import Objection, ObjectionKind, ObjectionState
from disposal_teams.objections.progress import lock_for_panel, note, stay_sale
from disposal_teams.plain_text import clean_text


async def decide_stay(work: Work, objection_id: UUID, *, reason: str, security_fen: int = 0) -> Objection:
    """Let the sale stand still for a conduct objection, which does not do so by itself (B-60); with or without the filer's
    security, in fen. A third party's claim stays it by law. Raises `RuleViolation`, `InvalidInput`, `NotPermitted`."""
    objection = await lock_for_panel(work, objection_id)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if security_fen < 0:
        fields["security"] = msg("金额不能为负数。")
    if fields:
        raise InvalidInput(msg("暂缓决定有误，请按提示修改。"), fields=fields, rule="B-60")
    if not rules.may_stay_by_decision(ObjectionKind(objection.kind), ObjectionState(objection.state)):
        raise RuleViolation("B-60", msg("只有审查中的执行行为异议由合议庭决定是否暂缓拍卖。"))
    objection.security_fen = security_fen
    await note(work, objection, "stay_decided", "B-60", reason=reason, security_fen=security_fen)
    await stay_sale(work, objection, reason)
    return objection


async def continue_sale(work: Work, objection_id: UUID, *, reason: str, security_fen: int) -> Objection:
    """Let the sale go on for the applicant's security, in fen, although the objection is open (B-60, B-61).

    Raises `RuleViolation` (during a third party's review; no security), `InvalidInput`, `NotPermitted`.
    """
    objection = await lock_for_panel(work, objection_id)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明继续处置的理由。"), fields=fields, rule="B-61")
    rules.check_continue(
        ObjectionKind(objection.kind),
        ObjectionState(objection.state),
        stays_sale=objection.stays_sale,
        security_fen=security_fen,
    )
    objection.stays_sale, objection.counter_security_fen = False, security_fen
    await note(work, objection, "sale_continues", "B-61", reason=reason, security_fen=security_fen)
    await tell_followers.later(
        work,
        key=f"{objection.id}:{Occasion.CONTINUES}",
        objection_id=objection.id,
        occasion=Occasion.CONTINUES,
    )
    return objection

"""Send a judicial suggestion, and note the answer (§10 no. 35)."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.deadlines.rules import day_in_court, end_of_day
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from disposal_teams.assets.models import Asset
from disposal_teams.assets.note import note_asset
from disposal_teams.plain_text import clean_text
from disposal_teams.suggestions.models import BodyKind, JudicialSuggestion
from disposal_teams.suggestions.workers import issue_suggestion

CLOCK = "§10-35"
BODY_LABELS: dict[BodyKind, str] = {
    BodyKind.REGISTRY: "登记机构",
    BodyKind.TAX: "税务机关",
    BodyKind.PLATFORM: "拍卖平台",
    BodyKind.PROPERTY_FIRM: "物业服务企业",
    BodyKind.APPRAISER: "评估机构",
    BodyKind.OTHER: "其他单位",
}


async def suggestions_of(work: Work, asset_id: UUID) -> list[JudicialSuggestion]:
    """The suggestions made about an asset, newest first; the caller has checked who reads."""
    rows = await work.session.exec(
        select(JudicialSuggestion)
        .where(JudicialSuggestion.asset_id == asset_id)
        .order_by(col(JudicialSuggestion.sent_at).desc())
    )
    return list(rows)


async def send_suggestion(
    work: Work,
    asset: Asset,
    *,
    body_kind: BodyKind,
    body: str,
    problem: str,
    suggestion: str,
    reply_by: date,
) -> JudicialSuggestion:
    """Send it over the court's name; the clock of the answer runs to the end of `reply_by`.

    Raises `InvalidInput` by field, `NotPermitted`.
    """
    require(work.actor, Permission.APPROVE_INSTRUCTION, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    sent = JudicialSuggestion(
        id=new_id(),
        asset_id=asset.id,
        case_id=asset.case_id,
        court_code=asset.court_code,
        body_kind=body_kind,
        body=clean_text(body, "body", fields, longest=80),
        problem=clean_text(problem, "problem", fields, longest=1000),
        suggestion=clean_text(suggestion, "suggestion", fields, longest=1000),
        reply_by=reply_by,
        sent_by=work.actor.account_id,
        sent_at=work.now,
    )
    if reply_by <= day_in_court(work.now):
        fields["reply_by"] = msg("答复日期须晚于今天。")
    if fields:
        raise InvalidInput(msg("司法建议有误，请按提示修改。"), fields=fields, rule=CLOCK)
    work.session.add(sent)
    await work.session.flush()
    await open_deadline(
        work,
        CLOCK,
        subject_kind="suggestion",
        subject_id=sent.id,
        due_at=end_of_day(reply_by),
        owner_role=Role.CASE_OFFICER,
        owner_court=asset.court_code,
        asset_id=asset.id,
        case_id=asset.case_id,
        trigger_event="suggestion.sent",
    )
    await _note(work, asset, sent, "suggestion.sent")
    await issue_suggestion.later(work, key=str(sent.id), suggestion_id=sent.id)
    return sent


async def note_answer(
    work: Work, asset: Asset, suggestion_id: UUID, *, answer: str, answered_on: date
) -> JudicialSuggestion:
    """Note what the body answered, and when. Raises `NotFound`, `RuleViolation` (once only), `InvalidInput`, `NotPermitted`."""
    require(work.actor, Permission.WORK_ON_INSTRUCTION, court_code=asset.court_code)
    sent = await work.session.get(
        JudicialSuggestion, suggestion_id, with_for_update=True, populate_existing=True
    )
    if sent is None or sent.asset_id != asset.id:
        raise NotFound(msg("没有找到该司法建议。"))
    if sent.answered_on is not None:
        raise RuleViolation(CLOCK, msg("答复已经登记。"))
    fields: dict[str, Message] = {}
    answer = clean_text(answer, "answer", fields, longest=1000)
    if not day_in_court(sent.sent_at) <= answered_on <= day_in_court(work.now):
        fields["answered_on"] = msg("答复日期须在发出之后，且不晚于今天。")
    if fields:
        raise InvalidInput(msg("答复有误，请按提示修改。"), fields=fields, rule=CLOCK)
    sent.answer, sent.answered_on = answer, answered_on
    await meet_deadline(
        work, CLOCK, subject_kind="suggestion", subject_id=sent.id, done_event="suggestion.answered"
    )
    await _note(work, asset, sent, "suggestion.answered")
    return sent


async def _note(work: Work, asset: Asset, sent: JudicialSuggestion, event: str) -> None:
    await work.session.flush()
    await note_asset(
        work,
        asset,
        event,
        CLOCK,
        suggestion=str(sent.id),
        body=sent.body,
    )

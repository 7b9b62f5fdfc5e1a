"""What the firm at work does: accept or decline, ask for more time, return materials (V-21, V-23)."""

from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from disposal_teams.assets.models import Asset
from disposal_teams.plain_text import clean_text
from valuation.appraisal import engagement as law
from valuation.appraisal.entrust import end_engagement, note_engagement
from valuation.appraisal.models import AppraisalEngagement, EngagementState
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation
from valuation.queries import valuation_for_update


async def accept_engagement(work: Work, engagement_id: UUID) -> AppraisalEngagement:
    """The firm takes the work on. Accepting twice changes nothing."""
    engagement, _, asset = await engagement_for_update(work, engagement_id)
    _check_at_work(engagement)
    if engagement.accepted_at is None:
        engagement.accepted_at = work.now
        await note_engagement(work, asset, engagement, "appraisal.accepted", "V-21")
    return engagement


async def decline_engagement(work: Work, engagement_id: UUID, *, reason: str) -> AppraisalEngagement:
    """The firm does not take the work on, or the court learns that it cannot; the next one is entrusted (V-23)."""
    engagement, valuation, asset = await engagement_for_update(work, engagement_id)
    _check_at_work(engagement)
    reason = _reason(reason)
    await end_engagement(work, valuation, asset, engagement, EngagementState.DECLINED, reason=reason)
    return engagement


async def ask_more_time(work: Work, engagement_id: UUID, *, days: int, reason: str) -> AppraisalEngagement:
    """Ask for `days` more (V-23: five days before the end, twice at most, 15 days each). The court decides.

    Raises `RuleViolation`, `Conflict` (a request waits already), `InvalidInput`.
    """
    engagement, _, asset = await engagement_for_update(work, engagement_id)
    _check_at_work(engagement)
    assert engagement.due_at is not None
    if engagement.extension_asked_days is not None:
        raise Conflict(msg("延期申请已经提交，请等待法院决定。"), rule="V-23")
    law.check_extension(now=work.now, due_at=engagement.due_at, extensions=engagement.extensions, days=days)
    engagement.extension_asked_days, engagement.extension_reason = days, _reason(reason)
    await note_engagement(work, asset, engagement, "appraisal.extension_asked", "V-23", days=str(days))
    return engagement


async def decide_more_time(work: Work, engagement_id: UUID, *, granted: bool) -> AppraisalEngagement:
    """Grant or refuse what the firm asked for. Raises `RuleViolation` when nothing was asked."""
    engagement, _, asset = await engagement_for_update(work, engagement_id, by_court=True)
    _check_at_work(engagement)
    assert engagement.due_at is not None
    days = engagement.extension_asked_days
    if days is None:
        raise RuleViolation("V-23", msg("没有待决定的延期申请。"))
    engagement.extension_asked_days = None
    if granted:
        period = law.extended(engagement.due_at, days)
        engagement.due_at = period.end()
        engagement.extensions += 1
        await meet_deadline(
            work, "L-03", subject_kind="engagement", subject_id=engagement.id, done_event="appraisal.extended"
        )
        await open_deadline(
            work,
            "L-03",
            subject_kind="engagement",
            subject_id=engagement.id,
            owner_role=Role.APPRAISER,
            owner_court=asset.court_code,
            due_at=period,
            asset_id=asset.id,
            case_id=asset.case_id,
        )
    event = "appraisal.extended" if granted else "appraisal.extension_refused"
    await note_engagement(
        work, asset, engagement, event, "V-23", due_at=f"{engagement.due_at.astimezone(COURT_ZONE):%Y-%m-%d}"
    )
    return engagement


async def record_returned_materials(work: Work, engagement_id: UUID) -> AppraisalEngagement:
    """The firm that is out has returned what it was given (V-23)."""
    engagement, _, asset = await engagement_for_update(work, engagement_id, by_court=True)
    if engagement.materials_due_at is None:
        raise RuleViolation("V-23", msg("该机构没有待退还的材料。"))
    if engagement.materials_returned_at is None:
        engagement.materials_returned_at = work.now
        await note_engagement(work, asset, engagement, "appraisal.materials_returned", "V-23")
    return engagement


async def engagement_for_update(
    work: Work, engagement_id: UUID, *, by_court: bool = False
) -> tuple[AppraisalEngagement, Valuation, Asset]:
    """The engagement with its valuation, both locked, and the asset; for the firm itself or the court in charge.

    Raises `NotFound`, also for another firm's engagement, and `NotPermitted`.
    """
    found = await work.session.get(AppraisalEngagement, engagement_id)
    if found is None:
        raise NotFound(msg("没有找到该评估委托。"))
    valuation, asset = await valuation_for_update(work, found.valuation_id)
    await work.session.refresh(found, with_for_update=True)
    if by_court or may(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code):
        require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
        return found, valuation, asset
    firm = await work.session.get_one(AppraisalFirm, found.firm_id)
    if firm.account_id is None or firm.account_id != work.actor.account_id:
        raise NotPermitted(msg("该评估委托不属于贵机构。"), rule="V-21")
    return found, valuation, asset


def _check_at_work(engagement: AppraisalEngagement) -> None:
    if engagement.state != EngagementState.ENTRUSTED:
        raise RuleViolation("V-23", msg("该评估委托不在进行中。"))


def _reason(text: str) -> str:
    fields: dict[str, Message] = {}
    clean = clean_text(text, "reason", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明理由。"), fields=fields, rule="V-23")
    return clean

"""The inspection on the site (V-22): the parties are called; who stays away does not stop it, but then somebody witnesses it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.ids import new_id
from core.notices import notify
from disposal_teams.cases.queries import parties_of
from disposal_teams.plain_text import clean_text
from valuation.appraisal.entrust import note_engagement
from valuation.appraisal.firm_steps import engagement_for_update
from valuation.appraisal.models import EngagementState, SiteInspection


async def call_inspection(
    work: Work, engagement_id: UUID, *, planned_at: datetime, place: str
) -> SiteInspection:
    """Call every party of the case to the site; by the firm at work or the court. One inspection at a time.

    Raises `RuleViolation` (not at work), `Conflict` (one is called already), `InvalidInput` (a time in the past).
    """
    engagement, _, asset = await engagement_for_update(work, engagement_id)
    if engagement.state != EngagementState.ENTRUSTED:
        raise RuleViolation("V-22", msg("该评估委托不在进行中，不能通知勘验。"))
    if await open_inspection(work, engagement_id) is not None:
        raise Conflict(msg("已经通知了一次现场勘验，请先登记其结果。"), rule="V-22")
    fields: dict[str, Message] = {}
    place = clean_text(place, "place", fields, longest=120)
    if planned_at <= work.now:
        fields["planned_at"] = msg("勘验时间须晚于现在。")
    if fields:
        raise InvalidInput(msg("勘验通知没有发出，请按提示修改。"), fields=fields, rule="V-22")
    parties = await parties_of(work, asset.case_id)
    inspection = SiteInspection(
        id=new_id(),
        engagement_id=engagement.id,
        planned_at=planned_at,
        place=place,
        called=[party.id for party in parties],
        called_at=work.now,
    )
    work.session.add(inspection)
    await work.session.flush()
    when = f"{planned_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}"
    for party in parties:
        if party.account_id is not None:
            await notify(
                work,
                account_id=party.account_id,
                key=f"inspection:{inspection.id}:{party.id}",
                title=msg("现场勘验通知"),
                body=msg(
                    "“{title}”将于 {time} 在 {place} 进行现场勘验，请到场。不到场的，不影响勘验进行。",
                    title=asset.title,
                    time=when,
                    place=place,
                ),
                confidential=True,
            )
    await note_engagement(
        work, asset, engagement, "appraisal.inspection_called", "V-22", planned_at=when, place=place
    )
    return inspection


async def record_inspection(
    work: Work,
    engagement_id: UUID,
    *,
    held_at: datetime,
    present: Sequence[UUID],
    witness: str = "",
    was_refused: bool = False,
    force_measure: str = "",
    findings: str = "",
) -> SiteInspection:
    """Record how it went. Somebody who was called and stayed away: a witness is named. Entry refused: what the court did (force).

    Raises `RuleViolation` (none was called, V-22), `InvalidInput` by field.
    """
    engagement, _, asset = await engagement_for_update(work, engagement_id)
    inspection = await open_inspection(work, engagement_id)
    if inspection is None:
        raise RuleViolation("V-22", msg("没有待登记的现场勘验，请先通知当事人到场。"))
    fields: dict[str, Message] = {}
    witness = clean_text(witness, "witness", fields, longest=120, required=False)
    force_measure = clean_text(force_measure, "force_measure", fields, longest=300, required=False)
    findings = clean_text(findings, "findings", fields, longest=1000, required=False)
    came = [each for each in inspection.called if each in set(present)]
    if len(came) < len(inspection.called) and not witness:
        fields["witness"] = msg("有当事人没有到场，须有见证人在场并填写其姓名。")
    if was_refused and not force_measure:
        fields["force_measure"] = msg("拒绝勘验的，由法院依法强制，请写明采取的措施。")
    if not inspection.called_at <= held_at <= work.now:
        fields["held_at"] = msg("勘验时间须在通知之后、现在之前。")
    if fields:
        raise InvalidInput(msg("勘验情况没有登记，请按提示修改。"), fields=fields, rule="V-22")
    inspection.held_at, inspection.present, inspection.witness = held_at, came, witness
    inspection.was_refused, inspection.force_measure = was_refused, force_measure if was_refused else ""
    inspection.findings = findings
    await work.session.flush()
    await note_engagement(
        work,
        asset,
        engagement,
        "appraisal.inspected",
        "V-22",
        absent=str(len(inspection.called) - len(came)),
        refused="yes" if was_refused else "no",
    )
    return inspection


async def cancel_inspection(work: Work, engagement_id: UUID) -> SiteInspection:
    """The inspection does not take place. Raises `RuleViolation` when none is called."""
    engagement, _, asset = await engagement_for_update(work, engagement_id)
    inspection = await open_inspection(work, engagement_id)
    if inspection is None:
        raise RuleViolation("V-22", msg("没有待进行的现场勘验。"))
    inspection.cancelled_at = work.now
    await note_engagement(work, asset, engagement, "appraisal.inspection_cancelled", "V-22")
    return inspection


async def open_inspection(work: Work, engagement_id: UUID) -> SiteInspection | None:
    """The inspection that was called and is neither held nor cancelled."""
    return (
        await work.session.exec(
            select(SiteInspection).where(
                SiteInspection.engagement_id == engagement_id,
                col(SiteInspection.held_at).is_(None),
                col(SiteInspection.cancelled_at).is_(None),
            )
        )
    ).first()


async def inspections_of(work: Work, engagement_id: UUID) -> list[SiteInspection]:
    """Every inspection of a firm's work, newest first."""
    return list(
        await work.session.exec(
            select(SiteInspection)
            .where(SiteInspection.engagement_id == engagement_id)
            .order_by(col(SiteInspection.called_at).desc())
        )
    )

"""The court asks a firm to explain or correct its report within three days (V-24)."""

from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import period_end
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.notices import notify
from disposal_teams.assets.models import Asset
from disposal_teams.plain_text import clean_text
from valuation.appraisal.entrust import end_engagement, engagements_of
from valuation.appraisal.firm_steps import engagement_for_update
from valuation.appraisal.models import (
    AppraisalEngagement,
    AppraisalReport,
    DemandCause,
    EngagementState,
    ReportDemand,
)
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.objections.progress import supersede
from valuation.queries import valuation_for_update
from valuation.service_clock import report_not_served, report_received

ANSWER_DAYS = 3

also_kept_in("V-24", table=ReportDemand, end="due_at", by="valuation_id")


async def demand_correction(
    work: Work, valuation_id: UUID, *, cause: DemandCause, wanted: str
) -> ReportDemand:
    """Ask the firm for a written explanation or a corrected report (V-24). Until then the report is not served.

    Raises `RuleViolation` (no report under review), `Conflict` (asked already), `InvalidInput`.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    wanted = clean_text(wanted, "wanted", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明需要说明或者补正的内容。"), fields=fields, rule="V-24")
    if valuation.state != ValuationState.COURT_REVIEW:
        raise RuleViolation("V-24", msg("没有正在审查的评估报告。"))
    return await ask_the_firm(work, valuation, asset, cause=cause, wanted=wanted)


async def ask_the_firm(
    work: Work, valuation: Valuation, asset: Asset, *, cause: DemandCause, wanted: str
) -> ReportDemand:
    """Open the demand; the caller has checked that one is called for and holds the valuation's lock."""
    engagement = await reporting_firm(work, valuation.id)
    if engagement is None:
        raise RuleViolation("V-24", msg("没有出具报告的评估机构，不能通知补正。"))
    if await open_demand(work, valuation.id) is not None:
        raise Conflict(msg("已经通知评估机构说明或者补正，请等待其答复。"), rule="V-24")
    demand = ReportDemand(
        id=new_id(),
        valuation_id=valuation.id,
        engagement_id=engagement.id,
        cause=cause,
        wanted=wanted,
        asked_at=work.now,
        due_at=period_end(work.now, days=ANSWER_DAYS),
    )
    work.session.add(demand)
    await work.session.flush()
    await report_not_served(work, valuation, reason="valuation.correction_demanded")
    await open_deadline(
        work,
        "V-24",
        subject_kind="valuation",
        subject_id=valuation.id,
        owner_role=Role.APPRAISER,
        owner_court=asset.court_code,
        days=ANSWER_DAYS,
        asset_id=asset.id,
        case_id=asset.case_id,
    )
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.correction_demanded",
        "V-24",
        cause=str(cause),
        wanted=wanted,
        due_at=demand.due_at.isoformat(),
    )
    firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
    if firm.account_id is not None:
        await notify(
            work,
            account_id=firm.account_id,
            key=f"demand:{demand.id}",
            title=msg("法院要求对评估报告作出说明或者补正"),
            body=msg(
                "“{title}”：{wanted}。请在 {day} 前答复。",
                title=asset.title,
                wanted=wanted,
                day=f"{demand.due_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
            ),
            link=f"/appraiser/{engagement.id}",
        )
    return demand


async def explain_report(work: Work, engagement_id: UUID, *, explanation: str) -> ReportDemand:
    """The firm explains itself in writing, without another report; the court may enter what came on paper (V-24).

    Raises `RuleViolation` (nothing was asked, or the three days are over), `InvalidInput`.
    """
    engagement, valuation, asset = await engagement_for_update(work, engagement_id)
    fields: dict[str, Message] = {}
    explanation = clean_text(explanation, "explanation", fields, longest=2000)
    if fields:
        raise InvalidInput(msg("请写明说明的内容。"), fields=fields, rule="V-24")
    demand = await open_demand(work, valuation.id)
    if demand is None or demand.engagement_id != engagement.id:
        raise RuleViolation("V-24", msg("法院没有要求贵机构说明或者补正。"))
    await demand_met(work, valuation, explanation=explanation)
    await report_received(work, valuation, asset)
    return demand


async def demand_met(
    work: Work, valuation: Valuation, *, report: AppraisalReport | None = None, explanation: str = ""
) -> None:
    """The open demand is answered, if there is one: by a corrected report or by words. Raises `RuleViolation` when late."""
    demand = await open_demand(work, valuation.id)
    if demand is None:
        return
    if work.now >= demand.due_at:
        raise RuleViolation("V-24", msg("说明或者补正的期限已经届满，由法院决定是否更换评估机构。"))
    demand.answered_at, demand.explanation = work.now, explanation
    demand.report_id = report.id if report is not None else None
    await work.session.flush()
    await meet_deadline(
        work, "V-24", subject_kind="valuation", subject_id=valuation.id, done_event="valuation.explained"
    )
    asset = await work.session.get_one(Asset, valuation.asset_id)
    await note_valuation(
        work, asset, valuation.id, "valuation.explained", "V-24", corrected=report is not None
    )


async def replace_firm(work: Work, engagement_id: UUID, *, reason: str) -> AppraisalEngagement | None:
    """Take the work from a firm that is not qualified or does not correct its report; the next one is entrusted (V-23, V-24).

    What was served of its report counts no more. Raises `RuleViolation`, `InvalidInput`.
    """
    engagement, valuation, asset = await engagement_for_update(work, engagement_id, by_court=True)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明更换的理由。"), fields=fields, rule="V-24")
    if engagement.state != EngagementState.REPORTED or valuation.state != ValuationState.COURT_REVIEW:
        raise RuleViolation("V-24", msg("只有正在审查其报告的评估机构可以因报告更换。"))
    await supersede(work, valuation, asset)
    await drop_report(work, valuation)
    return await end_engagement(work, valuation, asset, engagement, EngagementState.REPLACED, reason=reason)


async def drop_report(work: Work, valuation: Valuation) -> None:
    """The report carries no price any more; a demand to correct it ends with it."""
    valuation.price_fen = valuation.valid_until = None
    await report_not_served(work, valuation, reason="valuation.report_dropped")
    demand = await open_demand(work, valuation.id)
    if demand is not None:
        demand.ended_at = work.now
        await waive_deadline(
            work, "V-24", subject_kind="valuation", subject_id=valuation.id, reason="appraisal.replaced"
        )
    await work.session.flush()


async def reporting_firm(work: Work, valuation_id: UUID) -> AppraisalEngagement | None:
    """The engagement whose report stands."""
    reported = [
        each for each in await engagements_of(work, valuation_id) if each.state == EngagementState.REPORTED
    ]
    return reported[-1] if reported else None


async def open_demand(work: Work, valuation_id: UUID) -> ReportDemand | None:
    """What the firm still owes, if anything."""
    return (
        await work.session.exec(
            select(ReportDemand).where(
                ReportDemand.valuation_id == valuation_id,
                col(ReportDemand.answered_at).is_(None),
                col(ReportDemand.ended_at).is_(None),
            )
        )
    ).first()


async def demands_of(work: Work, valuation_id: UUID) -> list[ReportDemand]:
    """Every demand of a valuation, newest first."""
    return list(
        await work.session.exec(
            select(ReportDemand)
            .where(ReportDemand.valuation_id == valuation_id)
            .order_by(col(ReportDemand.asked_at).desc())
        )
    )


async def check_nothing_owed(work: Work, valuation_id: UUID) -> None:
    """Raise `RuleViolation` while the firm may still answer (V-24): a result is not served before."""
    demand = await open_demand(work, valuation_id)
    if demand is None:
        return
    if work.now < demand.due_at:
        raise RuleViolation(
            "V-24",
            msg(
                "已通知评估机构在 {due} 前说明或者补正，答复前不能送达。",
                due=f"{demand.due_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
            ),
        )
    raise RuleViolation("V-24", msg("评估机构没有按期说明或者补正，请更换评估机构。"))


async def demand_of_engagement(work: Work, engagement: AppraisalEngagement) -> ReportDemand | None:
    """What this firm owes, for its page. Raises `NotFound` for a firm that is out."""
    if engagement.state == EngagementState.IN_RESERVE:
        raise NotFound(msg("没有找到该评估委托。"))
    demand = await open_demand(work, engagement.valuation_id)
    return demand if demand is not None and demand.engagement_id == engagement.id else None

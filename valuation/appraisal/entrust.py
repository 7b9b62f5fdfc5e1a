"""Entrust the chosen firm, and the next one when it fails (V-21, V-23, L-03)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import period_end
from core.i18n import msg
from core.identity import Role
from core.ids import new_id
from core.notices import notify
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from valuation.appraisal import engagement as law
from valuation.appraisal.models import AppraisalEngagement, EngagementState
from valuation.appraisal.remind import tell_overdue
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.queries import asset_of_valuation

OUT_STATES = (EngagementState.DECLINED, EngagementState.OVERDUE, EngagementState.REPLACED)

also_kept_in("L-03", table=AppraisalEngagement, end="due_at")


async def entrust_chosen(work: Work, valuation: Valuation, asset: Asset, firms: Sequence[UUID]) -> None:
    """Line up the chosen firms in their order and entrust the first (V-21). The caller holds the valuation's lock."""
    await meet_deadline(
        work, "V-20", subject_kind="valuation", subject_id=valuation.id, done_event="appraisers.chosen"
    )
    first = len(await engagements_of(work, valuation.id)) + 1
    for position, firm_id in enumerate(firms, start=first):
        work.session.add(
            AppraisalEngagement(id=new_id(), valuation_id=valuation.id, firm_id=firm_id, position=position)
        )
    await work.session.flush()
    await entrust_next(work, valuation, asset)


async def entrust_next(work: Work, valuation: Valuation, asset: Asset) -> AppraisalEngagement | None:
    """Entrust the next firm in reserve; None when there is none left and the parties must choose again (V-23)."""
    waiting = [
        each for each in await engagements_of(work, valuation.id) if each.state == EngagementState.IN_RESERVE
    ]
    if not waiting:
        valuation.state = ValuationState.APPRAISER_SELECTION
        return None
    engagement = waiting[0]
    firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
    engagement.state, engagement.entrusted_at = EngagementState.ENTRUSTED, work.now
    engagement.due_at = law.first_due(work.now)
    valuation.state = ValuationState.APPRAISING
    await work.session.flush()
    await open_deadline(
        work,
        "L-03",
        subject_kind="engagement",
        subject_id=engagement.id,
        owner_role=Role.APPRAISER,
        owner_court=asset.court_code,
        days=law.REPORT_DAYS,
        asset_id=asset.id,
        case_id=asset.case_id,
    )
    await note_engagement(work, asset, engagement, "appraisal.entrusted", "V-21", firm=firm.name)
    if firm.account_id is not None:
        await notify(
            work,
            account_id=firm.account_id,
            key=f"entrusted:{engagement.id}",
            title=msg("新的评估委托"),
            body=msg(
                "法院委托贵机构评估“{title}”，请在 {day} 前出具报告。",
                title=asset.title,
                day=f"{engagement.due_at.astimezone(COURT_ZONE):%Y-%m-%d}",
            ),
            link=f"/appraiser/{engagement.id}",
        )
    await issue_engagement_letter.later(work, key=str(engagement.id), engagement_id=engagement.id)
    return engagement


async def end_engagement(
    work: Work,
    valuation: Valuation,
    asset: Asset,
    engagement: AppraisalEngagement,
    state: EngagementState,
    *,
    reason: str,
) -> AppraisalEngagement | None:
    """Take the work from a firm; it returns the materials in 3 days, and the next firm is entrusted (V-23)."""
    engagement.state, engagement.ended_at, engagement.end_reason = state, work.now, reason
    engagement.materials_due_at = period_end(work.now, days=law.RETURN_DAYS)
    await waive_deadline(
        work, "L-03", subject_kind="engagement", subject_id=engagement.id, reason=f"appraisal.{state}"
    )
    await work.session.flush()
    await note_engagement(work, asset, engagement, f"appraisal.{state}", "V-23", reason=reason)
    return await entrust_next(work, valuation, asset)


async def end_overdue_engagements(work: Work, *, limit: int = 100) -> int:
    """No report and no extension in time: the next firm; returns how many. For the sweep (V-23)."""
    due = await work.session.exec(
        select(AppraisalEngagement, Valuation, Asset)
        .join(Valuation, col(Valuation.id) == col(AppraisalEngagement.valuation_id))
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            AppraisalEngagement.state == EngagementState.ENTRUSTED,
            Valuation.state == ValuationState.APPRAISING,
            col(AppraisalEngagement.due_at) <= work.now,
            col(AppraisalEngagement.extension_asked_days).is_(None),
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=(AppraisalEngagement, Valuation))
    )
    found = due.all()
    for engagement, valuation, asset in found:
        await end_engagement(
            work, valuation, asset, engagement, EngagementState.OVERDUE, reason="逾期未出具报告，也未申请延期"
        )
        await tell_overdue(work, engagement, asset)
    return len(found)


async def engagements_of(work: Work, valuation_id: UUID) -> list[AppraisalEngagement]:
    """The firms of a valuation in their order."""
    return list(
        await work.session.exec(
            select(AppraisalEngagement)
            .where(AppraisalEngagement.valuation_id == valuation_id)
            .order_by(col(AppraisalEngagement.position))
        )
    )


async def replaced_firms(work: Work, valuation_id: UUID) -> set[UUID]:
    """The firms that failed in this valuation: they are not chosen for it again."""
    return {each.firm_id for each in await engagements_of(work, valuation_id) if each.state in OUT_STATES}


async def note_engagement(
    work: Work, asset: Asset, engagement: AppraisalEngagement, event: str, rule: str, **details: str
) -> None:
    """Write what happened with a firm's work."""
    await note_valuation(
        work, asset, engagement.valuation_id, event, rule, engagement=str(engagement.id), **details
    )


@task(queue="documents")
async def issue_engagement_letter(work: Work, *, engagement_id: UUID) -> None:
    """Write the 评估委托书 (§10 no. 7)."""
    engagement = await work.session.get_one(AppraisalEngagement, engagement_id)
    firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
    asset = await asset_of_valuation(work, engagement.valuation_id)
    case = await case_of(work, asset.case_id)
    due = engagement.due_at.astimezone(COURT_ZONE).date().isoformat() if engagement.due_at else "—"
    await issue_letter(
        work,
        asset,
        "appraisal_engagement_letter",
        addressee=firm.name,
        paragraphs=[
            f"本院在执行{case.case_no}一案中，依法选定你机构对下列财产进行评估，现予委托，并移交评估所需材料。",
            (
                "请按期出具评估报告。不能按期完成的，应当在期限届满五日前书面申请延长，延长不超过两次，每次不超过十五日。"
                "未按期出具报告也未申请延长的，应当在三日内退还全部材料，本院另行委托。"
            ),
        ],
        facts=[
            ["评估财产", asset.title],
            ["坐落", asset.location or "—"],
            ["权证号", asset.registry_no or "—"],
            ["评估目的", "确定财产处置参考价"],
            ["完成期限", f"{due}前"],
        ],
        subject=f"engagement:{engagement.id}",
    )

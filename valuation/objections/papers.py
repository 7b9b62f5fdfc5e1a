"""The technical review (专业技术评审) begins: the association is entrusted with it in writing (V-31, §10 no. 7)."""

from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.deadlines.rules import period_end
from core.identity import Role
from core.legal_settings import legal
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from valuation.basis import basis_of
from valuation.models import Valuation
from valuation.objections.models import ObjectionGround, ReportObjection, ReportObjectionState
from valuation.objections.progress import note
from valuation.objections.rules import GROUND_LABELS
from valuation.queries import asset_of_valuation

also_kept_in("V-31评审", table=ReportObjection, end="review_due_at")


async def begin_review(work: Work, asset: Asset, objection: ReportObjection) -> None:
    """Entrust the association; its time is set by the court (setting `expert_review_days`)."""
    objection.state = ReportObjectionState.REVIEW
    objection.review_due_at = period_end(work.now, days=legal().expert_review_days)
    await work.session.flush()
    await open_deadline(
        work,
        "V-31评审",
        subject_kind="report_objection",
        subject_id=objection.id,
        owner_role=Role.DISPOSAL_TEAM,
        owner_court=asset.court_code,
        days=legal().expert_review_days,
        asset_id=asset.id,
        case_id=asset.case_id,
    )
    await note(work, asset, objection, "review_begun", due_at=objection.review_due_at.isoformat())
    await issue_review_letter.later(work, key=str(objection.id), objection_id=objection.id)


@task(queue="documents")
async def issue_review_letter(work: Work, *, objection_id: UUID) -> None:
    """Write the 专业技术评审委托函."""
    objection = await work.session.get_one(ReportObjection, objection_id)
    asset = await asset_of_valuation(work, objection.valuation_id)
    valuation = await work.session.get_one(Valuation, objection.valuation_id)
    case = await case_of(work, asset.case_id)
    grounds = "、".join(
        str(GROUND_LABELS[each]) for each in ObjectionGround if each in set(objection.grounds)
    )
    due = objection.review_due_at
    answer = objection.answer or "评估机构没有在期限内作出说明。"
    await issue_letter(
        work,
        asset,
        "technical_review_letter",
        addressee="相关行业协会",
        paragraphs=[
            (
                f"本院在执行{case.case_no}一案中委托评估“{asset.title}”，当事人、利害关系人对评估报告提出异议，"
                "评估机构的说明没有消除争议。现委托贵协会组织专业技术评审，并将评审结论函告本院。"
            ),
        ],
        facts=[
            *(await basis_of(work, valuation)).facts,
            ["异议事由", grounds],
            ["异议理由", objection.reasons],
            ["评估机构说明", answer],
            ["评审期限", f"{due.astimezone(COURT_ZONE).date().isoformat()}前" if due else "—"],
        ],
        subject=f"report_objection:{objection.id}",
    )

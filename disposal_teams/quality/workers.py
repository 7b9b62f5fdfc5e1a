"""The letter to the debtor."""

from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.quality.models import QualityDemand


@task(queue="documents")
async def issue_demand_letter(work: Work, *, demand_id: UUID) -> None:
    """Write the 责令提交财产质量资料通知书."""
    demand = await work.session.get_one(QualityDemand, demand_id)
    asset = await work.session.get_one(Asset, demand.asset_id)
    case = await case_of(work, demand.case_id)
    debtors = [party.name for party in await parties_of(work, case.id) if party.role == PartyRole.DEBTOR]
    await issue_letter(
        work,
        asset,
        "quality_papers_notice",
        addressee="、".join(debtors) or f"{case.case_no}案被执行人",
        paragraphs=[
            f"本院在执行{case.case_no}一案中，拟处置“{asset.title}”。依照法律规定，被执行人应当提供拍卖财产品质的有关资料和说明。",
            f"请提交：{demand.wanted}",
            "拒不提交或者提交虚假资料的，本院依法处理；没有资料的，请书面说明。",
        ],
        facts=[
            ["财产", asset.title],
            ["坐落", asset.location or "—"],
            ["提交期限", f"{demand.due_at.astimezone(COURT_ZONE).date().isoformat()}前"],
        ],
        subject=f"quality_demand:{demand.id}",
    )

"""The papers of a distribution (§10 nos. 29, 30, 31): what they say, and issuing them."""

from collections.abc import Mapping, Sequence
from typing import Any

from auction.proceeds.claims.models import ClaimState, DistributionClaim
from auction.proceeds.models import Proceeds
from auction.proceeds.plan.models import DistributionPlan
from auction.proceeds.rules import LEVEL_LABELS, RANK_LABELS, SHARING_LABELS
from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document, issue_document
from core.money import capital_amount
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_of

FOLDER = "auction/proceeds/documents"


async def frame(work: Work, court_code: str, case: EnforcementCase) -> dict[str, Any]:
    """Court, case and day as every paper names them."""
    court = await court_of(work, court_code)
    parties = await parties_of(work, case.id)
    return {
        "court": court.name,
        "phone": court.supervision_phone,
        "case_no": case.case_no,
        "cause": case.cause,
        "debtor": "、".join(each.name for each in parties if each.role == PartyRole.DEBTOR),
        "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
        "is_demo": case.is_demo,
    }


async def _issue(
    work: Work, kind: str, template: str, data: dict[str, Any], proceeds: Proceeds, *, subject: str
) -> Document:
    return await issue_document(
        work,
        kind,
        template=f"{FOLDER}/{template}.typ",
        data=data,
        court_code=proceeds.court_code,
        case_no=str(data["case_no"]),
        asset_id=proceeds.asset_id,
        case_id=proceeds.case_id,
        lot_id=proceeds.lot_id,
        subject=subject,
    )


async def issue_plan_paper(
    work: Work, proceeds: Proceeds, plan: DistributionPlan, names: Mapping[str, str]
) -> Document:
    """财产分配方案 (document 30), with every step of the division. `names`: of each cost and claim."""
    data = {
        **await frame(work, proceeds.court_code, await case_of(work, proceeds.case_id)),
        "asset_title": proceeds.title,
        "gross_fen": plan.gross_fen,
        "surplus_fen": plan.surplus_fen,
        "sharing": SHARING_LABELS[plan.sharing],  # type: ignore[index]
        "sharing_reason": plan.sharing_reason,
        "bonus_percent": plan.bonus_percent if plan.bonus_claim_id else "",
        "bonus_reason": plan.bonus_reason,
        "why": plan.why,
        "members": plan.members,
        "is_simple": plan.is_simple,
        "lines": [
            {
                "level": LEVEL_LABELS[line["level"]],
                "name": names[line["subject"]],
                "wanted_fen": line["wanted_fen"],
                "asked_fen": line["asked_fen"],
                "there_fen": line["there_fen"],
                "given_fen": line["given_fen"],
                "is_reserved": line["is_reserved"],
            }
            for line in plan.lines
        ],
        "version_words": f"第{plan.version}版" if plan.version > 1 else "",
    }
    return await _issue(work, "distribution_plan", "plan", data, proceeds, subject=f"proceeds:{proceeds.id}")


async def issue_objection_notice(
    work: Work, proceeds: Proceeds, *, key: str, facts: Mapping[str, Any]
) -> Document:
    """分配方案异议通知书: to those who may speak against an objection, or to the objector who may sue them."""
    data = {**await frame(work, proceeds.court_code, await case_of(work, proceeds.case_id)), **facts}
    data["asset_title"] = proceeds.title
    return await _issue(work, "plan_objection_notice", "objection_notice", data, proceeds, subject=key)


async def issue_claim_answer(
    work: Work, claim: DistributionClaim, asset: Asset, case: EnforcementCase
) -> Document:
    """参与分配申请答复书 (to document 29)."""
    data = {
        **await frame(work, asset.court_code, case),
        "officer": work.actor.name,
        "creditor": claim.creditor,
        "asset_title": asset.title,
        "title_ref": claim.title_ref,
        "rank": RANK_LABELS[claim.rank],  # type: ignore[index]
        "principal_fen": claim.principal_fen,
        "interest_fen": claim.interest_fen,
        "costs_fen": claim.costs_fen,
        "doubled_fen": claim.doubled_fen,
        "is_admitted": claim.state == ClaimState.ADMITTED,
        "note": claim.decision_note,
    }
    return await issue_document(
        work,
        "participation_answer",
        template=f"{FOLDER}/participation_answer.typ",
        data=data,
        court_code=asset.court_code,
        case_no=case.case_no,
        asset_id=asset.id,
        case_id=case.id,
        subject=f"claim:{claim.id}",
    )


async def issue_sheet(
    work: Work,
    proceeds: Proceeds,
    *,
    key: str,
    payments: Sequence[Mapping[str, Any]],
    people: Mapping[str, str],
    note: str,
) -> Document:
    """执行款发放审批表 (document 31), with both persons."""
    total = sum(each["amount_fen"] for each in payments)
    data = {
        **await frame(work, proceeds.court_code, await case_of(work, proceeds.case_id)),
        "asset_title": proceeds.title,
        "payments": list(payments),
        "total_fen": total,
        "total_words": capital_amount(total),
        "note": note,
        **people,
    }
    return await _issue(work, "payout_sheet", "payout_sheet", data, proceeds, subject=key)

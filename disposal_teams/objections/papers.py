"""执行异议裁定书 and 执行复议裁定书 (§10 no. 36): what they say. They go to the parties and are not public."""

from typing import Any

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document, issue_document
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_of
from disposal_teams.objections import rules
from disposal_teams.objections.models import Capacity, Objection, ObjectionKind, Outcome, Remedy

TEMPLATE = "disposal_teams/objections/documents/ruling.typ"


async def issue_ruling_paper(work: Work, objection: Objection) -> Document:
    """The ruling of the court that decided."""
    return await _issue(work, objection, "objection_ruling", objection.court_code, objection.finding)


async def issue_review_paper(work: Work, objection: Objection) -> Document:
    """The ruling of the court above."""
    court = objection.review_court or objection.court_code
    return await _issue(work, objection, "review_ruling", court, objection.review_finding)


async def _issue(work: Work, objection: Objection, kind: str, court_code: str, finding: str) -> Document:
    case, court = await case_of(work, objection.case_id), await court_of(work, court_code)
    first_court = await court_of(work, objection.court_code)
    asset = await work.session.get(Asset, objection.asset_id)
    assert asset is not None
    assert objection.outcome is not None
    parties = await parties_of(work, objection.case_id)
    outcome = Outcome(objection.outcome)
    data: dict[str, Any] = {
        "court": court.name,
        "phone": court.supervision_phone,
        "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
        "is_demo": objection.is_demo,
        "enforcement_case_no": case.case_no,
        "filer": objection.filer_name,
        "capacity": rules.CAPACITY_LABELS[Capacity(objection.capacity)],
        "applicant": "、".join(party.name for party in parties if party.role == PartyRole.APPLICANT),
        "debtor": "、".join(party.name for party in parties if party.role == PartyRole.DEBTOR),
        "asset_title": asset.title,
        "asset_no": asset.asset_no,
        "is_third_party": objection.kind == ObjectionKind.THIRD_PARTY,
        "is_review": kind == "review_ruling",
        "first_court": first_court.name,
        "claim": objection.claim,
        "reasons": objection.reasons,
        "review_reasons": objection.review_reasons,
        "finding": finding,
        "outcome": outcome,
        "remedy": objection.remedy or "",
        "remedy_label": rules.REMEDY_LABELS[Remedy(objection.remedy)] if objection.remedy else "",
        "goes_to_suit": rules.goes_to_suit(ObjectionKind(objection.kind), outcome),
        "panel": objection.panel if kind == "objection_ruling" else [],
    }
    return await issue_document(
        work,
        kind,
        template=TEMPLATE,
        data=data,
        court_code=court_code,
        case_no=objection.number,
        asset_id=objection.asset_id,
        case_id=objection.case_id,
        lot_id=objection.lot_id,
        subject=f"objection:{objection.id}",
    )

"""The papers of a lot: what they start from, and how one is issued."""

from typing import Any

from auction.listing.models import Lot, Round
from auction.listing.rules import ROUND_LABELS
from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document, issue_document
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of


async def lot_frame(work: Work, lot: Lot) -> dict[str, Any]:
    """Court, case, day and lot as the papers of a stop, an end or a revocation name them."""
    case, court = await case_of(work, lot.case_id), await court_of(work, lot.court_code)
    return {
        "court": court.name,
        "phone": court.supervision_phone,
        "case_no": case.case_no,
        "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
        "is_demo": lot.is_demo,
        "lot_no": lot.lot_no,
        "lot_title": lot.title,
        "round": ROUND_LABELS[Round(lot.round)],
        "is_sell_off": lot.round == Round.SELL_OFF,
    }


async def issue_lot_paper(
    work: Work,
    lot: Lot,
    kind: str,
    template: str,
    data: dict[str, Any],
    *,
    public: bool = False,
    subject: str | None = None,
) -> Document:
    """Issue a paper of a lot from a template below the product's root; `data` names its case (`case_no`)."""
    return await issue_document(
        work,
        kind,
        template=template,
        data=data,
        court_code=lot.court_code,
        case_no=str(data["case_no"]),
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        subject=subject,
        public=public,
    )

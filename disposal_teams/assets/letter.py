"""A plain letter of the court about one asset."""

from collections.abc import Sequence

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import PLAIN_LETTER, Document, issue_document
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of


async def issue_letter(
    work: Work,
    asset: Asset,
    kind: str,
    *,
    addressee: str,
    paragraphs: Sequence[str],
    facts: Sequence[Sequence[str]] = (),
    reckoning: Sequence[Sequence[str]] = (),
    closing: str = "",
    subject: str | None = None,
) -> Document:
    """Issue a letter of `kind` in the asset's case, over its court's name. `reckoning`: what and amount, the result last. It
    closes with the court's telephone number, or with `closing`; it is about the asset, or about `subject`."""
    case, court = await case_of(work, asset.case_id), await court_of(work, asset.court_code)
    return await issue_document(
        work,
        kind,
        template=PLAIN_LETTER,
        data={
            "court": court.name,
            "addressee": addressee,
            "paragraphs": list(paragraphs),
            "facts": [list(fact) for fact in facts],
            "reckoning": [list(line) for line in reckoning],
            "closing": [closing or f"联系电话：{court.supervision_phone}"],
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
            "is_demo": asset.is_demo,
        },
        court_code=asset.court_code,
        case_no=case.case_no,
        asset_id=asset.id,
        case_id=asset.case_id,
        subject=subject or f"asset:{asset.id}",
    )

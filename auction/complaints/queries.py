"""Read complaints: the intermediate court all of them, a court its own (P-03)."""

from sqlmodel import col, select

from auction.complaints.models import Complaint
from auction.listing.models import Lot
from core.database import Work
from core.identity import Permission, require

PAGE = 50


async def complaints(
    work: Work, *, court_code: str | None = None, limit: int = PAGE
) -> list[tuple[Complaint, str | None]]:
    """Complaints with the number of their lot, the newest first. Raises `NotPermitted`."""
    if court_code is None:
        require(work.actor, Permission.SEE_ALL_COURTS)
    else:
        require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = select(Complaint, Lot.lot_no).outerjoin(Lot, col(Lot.id) == col(Complaint.lot_id))
    if court_code is not None:
        query = query.where(Complaint.court_code == court_code)
    rows = await work.session.exec(
        query.order_by(col(Complaint.received_on).desc(), col(Complaint.id).desc()).limit(limit)
    )
    return [(complaint, lot_no) for complaint, lot_no in rows]

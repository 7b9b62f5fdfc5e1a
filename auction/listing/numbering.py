"""Numbers of lots: permanent, speakable, unique in the city: `0582-2026-000123` (court, year, running number)."""

from sqlalchemy import text

from core.clock import COURT_ZONE
from core.database import Work


async def next_lot_numbers(work: Work, court_codes: list[str]) -> list[str]:
    """One fresh number per court code given, in that order."""
    rows = await work.session.execute(
        text("SELECT nextval('lot_running_number') FROM generate_series(1, :count)"),
        {"count": len(court_codes)},
    )
    year = work.now.astimezone(COURT_ZONE).year
    return [f"{court}-{year}-{number:06d}" for court, number in zip(court_codes, rows.scalars(), strict=True)]

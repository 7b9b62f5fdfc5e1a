"""What of the bidding a sandbox's clock must not pass: starts, ends, and resumptions of lots."""

from datetime import datetime

from sqlalchemy import text

from core.database import Work
from core.sandbox.due import due_source


async def _first(work: Work, query: str) -> datetime | None:
    at: datetime | None = (await work.session.execute(text(query))).scalar_one()
    return at


@due_source("lot_start", jobs=("reject_unconfirmed_agents", "lapse_undecided_claims", "open_lots"))
async def next_start(work: Work) -> datetime | None:
    """The next lot that opens."""
    return await _first(work, "SELECT min(starts_at) FROM lot_bidding WHERE phase = 'waiting'")


@due_source("lot_end", jobs=("close_lots",))
async def next_end(work: Work) -> datetime | None:
    """The next lot that ends."""
    return await _first(work, "SELECT min(ends_at) FROM lot_bidding WHERE phase = 'open'")


@due_source("lot_resumption", jobs=("resume_lots_on_time",))
async def next_resumption(work: Work) -> datetime | None:
    """The next stopped lot whose announced moment comes."""
    return await _first(work, "SELECT min(resumes_at) FROM lot_bidding WHERE phase = 'paused'")


@due_source("stay_end", jobs=("end_stays_by_date",))
async def next_stay_end(work: Work) -> datetime | None:
    """The next deferral that is over."""
    return await _first(work, "SELECT min(until) FROM lot_stay WHERE ended_at IS NULL AND until IS NOT NULL")

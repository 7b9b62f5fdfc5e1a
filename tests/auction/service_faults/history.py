"""What was measured in the past: intervals of service and samples, as web processes leave them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from auction.service_faults.models import ServiceInterval, ServiceSample
from core.database import Work
from core.ids import new_id


async def real_now(work: Work) -> datetime:
    """Database time."""
    now: datetime = (await work.session.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return now


async def server(work: Work) -> str:
    """The database server that answers."""
    return str((await work.session.execute(text("SELECT service_server()"))).scalar_one())


async def served(
    work: Work, court_from: datetime, court_until: datetime, *, real_ago_s: float, by: str | None = None
) -> ServiceInterval:
    """The service stood between two court times; its last proof is `real_ago_s` old."""
    lasted_until = await real_now(work) - timedelta(seconds=real_ago_s)
    interval = ServiceInterval(
        id=new_id(),
        began_at=lasted_until - (court_until - court_from),
        lasted_until=lasted_until,
        court_began_at=court_from,
        court_lasted_until=court_until,
        server=by or await server(work),
    )
    work.session.add(interval)
    await work.session.flush()
    return interval


async def sampled(work: Work, *, seconds_ago: float = 0, process: str = "web@a:1", **values: Any) -> None:
    """One process has measured something."""
    work.session.add(
        ServiceSample(
            id=new_id(),
            process=process,
            taken_at=await real_now(work) - timedelta(seconds=seconds_ago),
            court_at=work.now - timedelta(seconds=seconds_ago),
            **{"drift_ms": 0.0, "drift_within_ms": 0.1, **values},
        )
    )
    await work.session.flush()

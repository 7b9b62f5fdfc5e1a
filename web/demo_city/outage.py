"""One evening last week the demo city's service was down for three minutes while a lot was about to end (B-50)."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import select

from auction.listing.models import Lot
from auction.service_faults.models import ServiceFault, ServiceInterval
from auction.service_faults.policy import fault_policy
from auction.service_faults.watch import judge_gaps
from core.identity import SYSTEM
from core.ids import new_id
from core.outbox.run_due import run_due, run_jobs
from web.demo_city.history import City

DAY = timedelta(days=1)
BEFORE_END, AFTER_END = timedelta(minutes=2), timedelta(minutes=1)


async def suffer_outage(city: City, lot: Lot) -> None:
    """The service goes two minutes before the lot's end and comes back a minute after it; the lot goes on by itself.

    What was measured is invented and forgotten again, so that real measuring begins afresh; everything that follows from it
    happens, and the fault keeps its evidence.
    """
    assert lot.scheduled_end_at is not None
    gone, back = lot.scheduled_end_at - BEFORE_END, lot.scheduled_end_at + AFTER_END
    await city.travel(back + timedelta(seconds=2))
    async with city.database.begin(SYSTEM) as work:
        server, real_now = (
            await work.session.execute(text("SELECT service_server(), clock_timestamp()"))
        ).one()
        for began, until, real_until in ((gone - DAY, gone, gone), (back, work.now, real_now)):
            interval = ServiceInterval(
                id=new_id(),
                began_at=began,
                lasted_until=real_until,
                court_began_at=began,
                court_lasted_until=until,
                server=server,
            )
            work.session.add(interval)
        await work.session.flush()
        # Only the gap: what a slow machine measured of itself meanwhile is no part of the story.
        await judge_gaps(work, fault_policy())
        (fault,) = await work.session.exec(select(ServiceFault))
        await work.session.execute(text("DELETE FROM service_interval"))
    await run_due(city.database)
    assert fault.resumes_at is not None
    await city.travel(fault.resumes_at)
    await run_jobs(city.database, ("resume_lots_on_time",))

"""What the benchmark of searches does at large, once for each course: the worker leads every one through its clocks (§12.1)."""

from benchmarks.valuations import COURSES, drive
from core.database import Database


async def test_L02_L08_the_worker_leads_each_course_through_every_clock_to_its_price(
    database: Database, database_url: str
) -> None:
    driven = await drive(database_url, COURSES, lambda: 0.0)
    assert driven.days < 100
    assert len(driven.started) == COURSES + 1  # one price was issued anew

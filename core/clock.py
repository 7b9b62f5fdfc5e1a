"""The one source of time: the database clock, read by `court_now()`.

Every process asks PostgreSQL, so hosts cannot disagree, and on the contested path the time is taken inside the row lock.
A sandbox city may run faster, and a test may travel: both write the single row of `clock_setting`, which real
installations leave empty (then `court_now()` is the plain database clock).
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from core.columns import Timestamp

COURT_ZONE = ZoneInfo("Asia/Shanghai")


class ClockSetting(SQLModel, table=True):
    """Court time = `court_anchor` + (database time - `real_anchor`) * `speed`. At most one row."""

    __tablename__ = "clock_setting"
    __table_args__ = (CheckConstraint("id = 1", name="clock_setting_single_row"),)

    id: int = Field(default=1, primary_key=True)
    real_anchor: datetime = Field(sa_type=Timestamp)
    court_anchor: datetime = Field(sa_type=Timestamp)
    speed: float = Field(default=1.0, gt=0)


async def court_now(session: AsyncSession) -> datetime:
    """The court's time now, aware UTC."""
    now: datetime = (await session.execute(text("SELECT court_now()"))).scalar_one()
    return now.astimezone(UTC)


async def set_clock(session: AsyncSession, *, court_time: datetime | None = None, speed: float = 1.0) -> None:
    """Let court time stand at `court_time` (default: where it stands) and run `speed` times as fast from now on.

    Only for sandboxes and tests; the caller keeps it away from real data.
    """
    await session.execute(
        text(
            """
            INSERT INTO clock_setting (id, real_anchor, court_anchor, speed)
            VALUES (1, clock_timestamp(), coalesce(CAST(:court_time AS timestamptz), court_now()), :speed)
            ON CONFLICT (id) DO UPDATE
               SET court_anchor = excluded.court_anchor, real_anchor = excluded.real_anchor, speed = excluded.speed
            """
        ),
        {"court_time": court_time, "speed": speed},
    )


def court_date(moment: datetime) -> str:
    """The calendar day in court (Asia/Shanghai) of a moment, as ISO text."""
    return moment.astimezone(COURT_ZONE).date().isoformat()

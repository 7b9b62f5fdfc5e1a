"""The one source of time: the database clock, read by `court_now()`.

Every process asks PostgreSQL, so hosts cannot disagree, and on the contested path the time is taken inside the row lock.
A sandbox city may run faster, and a test may travel: both write the single row of `clock_setting`, which real
installations leave empty (then `court_now()` is the plain database clock). The database itself refuses that row unless it
holds a `ClockPermit`, which can be written only while it is empty: real data never runs on a false clock.
"""

from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from core.columns import Timestamp

COURT_ZONE = ZoneInfo("Asia/Shanghai")


class ClockSetting(SQLModel, table=True):
    """Court time = `court_anchor` + (database time - `real_anchor`) * `speed`, never beyond `holds_at`. At most one row."""

    __tablename__ = "clock_setting"
    __table_args__ = (CheckConstraint("id = 1", name="clock_setting_single_row"),)

    id: int = Field(default=1, primary_key=True)
    real_anchor: datetime = Field(sa_type=Timestamp)
    court_anchor: datetime = Field(sa_type=Timestamp)
    speed: float = Field(default=1.0, gt=0)
    holds_at: datetime | None = Field(default=None, sa_type=Timestamp)


class PermitPurpose(StrEnum):
    """Why the clock of a database may be moved: it is a sandbox for ever, or a demonstration's past is being made."""

    SANDBOX = "sandbox"
    HISTORY = "history"


class ClockPermit(SQLModel, table=True):
    """Marks a database whose clock may be moved. Written only while nothing was ever done in it; a sandbox keeps it."""

    __tablename__ = "clock_permit"
    __table_args__ = (
        CheckConstraint("id = 1", name="clock_permit_single_row"),
        CheckConstraint("purpose IN ('sandbox', 'history')", name="clock_permit_purpose_known"),
    )

    id: int = Field(default=1, primary_key=True)
    purpose: str = Field(max_length=10)
    given_at: datetime | None = Field(
        default=None, sa_type=Timestamp, sa_column_kwargs={"server_default": text("clock_timestamp()")}
    )


async def court_now(session: AsyncSession) -> datetime:
    """The court's time now, aware UTC."""
    now: datetime = (await session.execute(text("SELECT court_now()"))).scalar_one()
    return now.astimezone(UTC)


async def permit_clock(session: AsyncSession, purpose: PermitPurpose) -> bool:
    """Allow the clock of this empty database to be moved; False when that was allowed before, for whatever purpose.

    The database refuses (`IntegrityError`) when anything was ever done in it.
    """
    written = await session.execute(
        text(
            "INSERT INTO clock_permit (id, purpose) VALUES (1, :purpose) ON CONFLICT DO NOTHING RETURNING id"
        ),
        {"purpose": purpose},
    )
    return written.one_or_none() is not None


async def end_permit(session: AsyncSession) -> None:
    """Court time is real time again, for good. Refused by the database in a sandbox."""
    await session.execute(text("DELETE FROM clock_setting"))
    await session.execute(text("DELETE FROM clock_permit"))


async def is_sandbox(session: AsyncSession) -> bool:
    """Whether this database is a sandbox: nothing in it is real."""
    found = await session.execute(text("SELECT EXISTS (SELECT FROM clock_permit WHERE purpose = 'sandbox')"))
    return bool(found.scalar_one())


async def set_clock(
    session: AsyncSession,
    *,
    court_time: datetime | None = None,
    speed: float = 1.0,
    holds_at: datetime | None = None,
) -> None:
    """Let court time stand at `court_time` (default: where it stands) and run `speed` times as fast from now on, until
    `holds_at`, where it waits. The database refuses (`IntegrityError`) without a permit."""
    await session.execute(
        text(
            """
            INSERT INTO clock_setting (id, real_anchor, court_anchor, speed, holds_at)
            VALUES (1, clock_timestamp(), coalesce(CAST(:court_time AS timestamptz), court_now()), :speed,
                    CAST(:holds_at AS timestamptz))
            ON CONFLICT (id) DO UPDATE
               SET court_anchor = excluded.court_anchor, real_anchor = excluded.real_anchor, speed = excluded.speed,
                   holds_at = excluded.holds_at
            """
        ),
        {"court_time": court_time, "speed": speed, "holds_at": holds_at},
    )


async def send_clock(session: AsyncSession, *, now: datetime, speed: float, holds_at: datetime) -> float:
    """Let court time, which is `now`, go on to `holds_at`; returns the real seconds until it next stands.

    It never goes back and never jumps: a leg on the way is lengthened at its own speed or ends where it was going to; only
    a clock that stands gets another speed. Raises `LookupError` where no clock was set.
    """
    row = (
        await session.execute(text("SELECT speed, holds_at FROM clock_setting WHERE id = 1 FOR UPDATE"))
    ).one_or_none()
    if row is None or row.holds_at is None:
        raise LookupError("this clock is not conducted")
    if now >= row.holds_at:
        if holds_at > now:
            await set_clock(session, speed=speed, holds_at=holds_at)
        return max(0.0, (holds_at - now).total_seconds() / speed)
    if row.speed == speed and holds_at > row.holds_at:
        await session.execute(text("UPDATE clock_setting SET holds_at = :holds_at"), {"holds_at": holds_at})
        return (holds_at - now).total_seconds() / speed
    left_s: float = (row.holds_at - now).total_seconds() / row.speed
    return left_s


def court_date(moment: datetime) -> str:
    """The calendar day in court (Asia/Shanghai) of a moment, as ISO text."""
    return moment.astimezone(COURT_ZONE).date().isoformat()

"""How a sandbox's clock goes, as known in a web process: for the strip, the header and the scripts of its pages."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.database import DATABASE_AWAY, Database

LOOK_EVERY_S = 0.5

UNREACHABLE: tuple[type[Exception], ...] = (*DATABASE_AWAY, DBAPIError)

log = structlog.get_logger(__name__)

_LOOK = """
SELECT c.speed AS runs_at, c.court_anchor, c.real_anchor, c.holds_at, clock_timestamp() AS real_now,
       w.speed, w.is_paused, w.skips, w.waits_for, w.is_slow, w.next_at, w.next_event,
       coalesce(w.seen_at > clock_timestamp() - interval '10 seconds', false) AS is_conducted
  FROM clock_setting AS c, sandbox_control AS w
"""


class ClockFace(msgspec.Struct, frozen=True):
    """The clock at one look. `runs_at`: court seconds in a real second now, 0 while it stands; `speed` is what people chose."""

    court_time: datetime
    holds_at: datetime
    runs_at: float
    speed: float
    is_paused: bool
    is_slow: bool
    is_conducted: bool
    waits_for: str | None
    next_at: datetime | None
    next_event: str | None


class Setting(msgspec.Struct, frozen=True):
    """What the last look has found."""

    runs_at: float
    court_anchor: datetime
    real_anchor: datetime
    holds_at: datetime
    real_now: datetime
    speed: float
    is_paused: bool
    skips: bool
    waits_for: str | None
    is_slow: bool
    next_at: datetime | None
    next_event: str | None
    is_conducted: bool


class SandboxFace:
    """Looks at the clock twice a second. One per web process of a sandbox."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._setting: Setting
        self._ahead = timedelta()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Go on looking."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> None:
        """Look once."""
        async with self._database.read() as work:
            row = (await work.session.execute(text(_LOOK))).one()
        self._setting = msgspec.convert(dict(row._mapping), Setting, strict=False)
        self._ahead = self._setting.real_now - datetime.now(UTC)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except UNREACHABLE as error:
                log.warning("sandbox.not_seen", error=type(error).__name__)

    def court_time_of(self, moment: datetime) -> datetime:
        """Court time at a recent moment of this process's clock."""
        set_ = self._setting
        passed = moment + self._ahead - set_.real_anchor
        return min(set_.court_anchor + passed * set_.runs_at, set_.holds_at).astimezone(UTC)

    @property
    def face(self) -> ClockFace:
        """The clock now."""
        set_, now = self._setting, self.court_time_of(datetime.now(UTC))
        return ClockFace(
            court_time=now,
            holds_at=set_.holds_at,
            runs_at=0.0 if now >= set_.holds_at else set_.runs_at,
            speed=set_.speed,
            is_paused=set_.is_paused and not set_.skips,
            is_slow=set_.is_slow,
            is_conducted=set_.is_conducted,
            waits_for=set_.waits_for,
            next_at=set_.next_at,
            next_event=set_.next_event,
        )

    def header(self) -> tuple[bytes, bytes]:
        """What every answer of a sandbox carries."""
        face = self.face
        return b"x-sandbox", f"speed={face.speed:g}; court-time={face.court_time.isoformat()}".encode()

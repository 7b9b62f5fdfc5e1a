"""Make a sandbox, and steer its clock. Nothing here works on a database that is not marked as one."""

from collections.abc import Collection

from sqlalchemy import text
from sqlmodel import select

from core.clock import PermitPurpose, is_sandbox, permit_clock, set_clock
from core.database import Work
from core.errors import InvalidInput, NotFound, NotPermitted
from core.i18n import msg
from core.sandbox.models import SandboxControl

FASTEST = 86_400.0
"""A day a second."""
SPEEDS = (1.0, 60.0, 1440.0, FASTEST)
"""Offered to people; a start may choose another one."""

NO_SANDBOX = msg("只有训练沙箱可以调整时间。真实数据始终使用法院时间。")


async def make_sandbox(work: Work, *, speed: float) -> SandboxControl:
    """Mark this empty database as a sandbox, with its clock standing still until a conductor moves it.

    Raises `NotPermitted` when it holds records, or is a demonstration.
    """
    if (await work.session.execute(text("SELECT EXISTS (SELECT FROM audit_event)"))).scalar_one():
        raise NotPermitted(msg("数据库中已有记录，不能改作沙箱。请换一个空数据库。"), rule="B-47")
    if not await permit_clock(work.session, PermitPurpose.SANDBOX):
        raise NotPermitted(msg("数据库已有其他用途，不能改作沙箱。请换一个空数据库。"), rule="B-47")
    control = SandboxControl(speed=_checked(speed))
    work.session.add(control)
    await set_clock(work.session, court_time=work.now, holds_at=work.now)
    await work.session.flush()
    return control


async def require_sandbox(work: Work) -> None:
    """Raise `NotFound` unless this is a sandbox."""
    if not await is_sandbox(work.session):
        raise NotFound(NO_SANDBOX, rule="B-47")


async def control_of(work: Work, *, lock: bool = False) -> SandboxControl:
    """The control of this sandbox. Raises `NotFound` elsewhere."""
    await require_sandbox(work)
    query = select(SandboxControl).execution_options(populate_existing=True)
    return (await work.session.exec(query.with_for_update() if lock else query)).one()


async def set_speed(work: Work, speed: float) -> SandboxControl:
    """The speed with which a sandbox is started again. Raises `InvalidInput`, `NotFound`."""
    control = await control_of(work, lock=True)
    control.speed = _checked(speed)
    return control


async def choose_speed(work: Work, speed: float) -> SandboxControl:
    """Let the clock run so fast from now on. Raises `InvalidInput`, `NotPermitted`, `NotFound`."""
    control = await _steered(work)
    control.speed, control.is_paused, control.skips = _checked(speed), False, False
    return control


async def pause_clock(work: Work) -> SandboxControl:
    """Let the clock stand. Raises `NotPermitted`, `NotFound`."""
    control = await _steered(work)
    control.is_paused, control.skips = True, False
    return control


async def skip_to_next_event(work: Work) -> SandboxControl:
    """Go on at once to the next event; then as before. Raises `NotPermitted`, `NotFound`."""
    control = await _steered(work)
    control.skips = True
    return control


async def seat_people(work: Work, posts: Collection[str]) -> SandboxControl:
    """Leave the acts of these posts to people; robots play the others. Raises `NotPermitted`, `NotFound`."""
    control = await _steered(work)
    control.seats_of_people = sorted(set(posts))
    return control


async def _steered(work: Work) -> SandboxControl:
    control = await control_of(work, lock=True)
    if work.actor.account_id is None:
        raise NotPermitted(msg("请先登录，再调整沙箱的时间。"))
    return control


def _checked(speed: float) -> float:
    if not 0 < speed <= FASTEST:
        problem = msg("时间倍速须大于 0，不超过 {most}。", most=f"{FASTEST:.0f}")
        raise InvalidInput(problem, fields={"speed": problem})
    return speed

"""The notifier (rulebook §12.2, worker 9)."""

from core.database import Work
from core.notices.dispatch import send_due
from core.outbox.timetable import every


@every(seconds=5)
async def send_notices(work: Work) -> None:
    """Send what is due by the channels outside the service."""
    await send_due(work)

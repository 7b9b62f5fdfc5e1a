"""What must happen next, written in the transaction that makes it necessary; delivered at least once, done exactly once."""

from core.outbox.models import OutboxMessage
from core.outbox.tasks import Task, task
from core.outbox.timetable import PERIODIC, daily, every

__all__ = ["PERIODIC", "OutboxMessage", "Task", "daily", "every", "task"]

"""Background work of compromises: a missed instalment brings what was agreed for it."""

from auction.compromise import follow_disposal
from auction.compromise.perform import instalment_missed
from core.database import Work
from core.deadlines import Deadline, on_breach

__all__ = ["answer_missed_instalment", "follow_disposal"]


@on_breach("A-29")
async def answer_missed_instalment(work: Work, deadline: Deadline) -> None:
    """A-29: the disposal goes on, or the applicant may ask for it."""
    await instalment_missed(work, deadline.subject_id)

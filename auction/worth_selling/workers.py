"""Background work of the two tests: the applicant's five days run out."""

from auction.worth_selling.no_surplus import answer_missing
from core.database import Work
from core.deadlines import Deadline, on_breach

__all__ = ["stop_without_an_answer"]


@on_breach("L-27")
async def stop_without_an_answer(work: Work, deadline: Deadline) -> None:
    """L-27: nobody has asked to go on, so that the asset is not auctioned."""
    await answer_missing(work, deadline.subject_id)

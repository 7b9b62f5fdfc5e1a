"""Background work of objections: windows that pass make a ruling final."""

from core.database import Work
from core.deadlines import Deadline, on_breach
from disposal_teams.objections import rules
from disposal_teams.objections.followers import tell_followers
from disposal_teams.objections.models import ObjectionState, Outcome
from disposal_teams.objections.progress import end, lock_objection

__all__ = ["close_asking_window", "close_suit_window", "tell_followers"]


@on_breach(rules.ASKING)
async def close_asking_window(work: Work, deadline: Deadline) -> None:
    """Nobody asked for a review within ten days: the ruling stands (L-35)."""
    await _let_stand(work, deadline, ObjectionState.RULED, "L-35")


@on_breach(rules.SUIT_WINDOW)
async def close_suit_window(work: Work, deadline: Deadline) -> None:
    """Nobody sued within fifteen days: the ruling stands (L-36)."""
    await _let_stand(work, deadline, ObjectionState.SUIT_WINDOW, "L-36")


async def _let_stand(work: Work, deadline: Deadline, expected: ObjectionState, rule: str) -> None:
    objection = await lock_objection(work, deadline.subject_id)
    if objection.state == expected and objection.outcome is not None:
        await end(work, objection, Outcome(objection.outcome), event="window_passed", rule=rule)

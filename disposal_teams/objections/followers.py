"""How other rooms learn what happens to an objection: in a task of their own, once for each occasion."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from uuid import UUID

from core.database import Work
from core.outbox import task
from disposal_teams.objections.models import Objection


class Occasion(StrEnum):
    """What a follower may have to act on."""

    STAYED = "stayed"
    """The live sale must stand still: by law for a third party's claim, else by the panel's decision."""
    CONTINUES = "continues"
    """The sale may go on although the objection is open: for security."""
    FINAL = "final"
    """Nothing can be done against the result any more; `Objection.outcome` and `remedy` say what follows."""


Follower = Callable[[Work, Objection, Occasion], Awaitable[None]]

FOLLOWERS: list[Follower] = []


def on_objection(follower: Follower) -> Follower:
    """Have the function run, in a worker, at every occasion of every objection. Repeating it must change nothing."""
    if follower not in FOLLOWERS:
        FOLLOWERS.append(follower)
    return follower


@task(queue="objections")
async def tell_followers(work: Work, *, objection_id: UUID, occasion: Occasion) -> None:
    """Run every follower in one transaction."""
    objection = await work.session.get(Objection, objection_id)
    assert objection is not None
    for follower in FOLLOWERS:
        await follower(work, objection, occasion)

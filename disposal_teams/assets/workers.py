"""Background work on seals: thin, keyed, safe to run twice."""

from uuid import UUID

from core.clock import court_date
from core.database import Work
from core.outbox import daily, task
from disposal_teams.assets.guard_seals import guard_seal, seals_to_guard


@task(queue="assets")
async def guard_one_seal(work: Work, *, seal_id: UUID) -> None:
    """Alarm, lapse or promotion for one seal."""
    await guard_seal(work, seal_id)


@daily(at="00:05")
async def guard_seals(work: Work) -> None:
    """Early each court day: every seal that needs the guardian gets a message of its own."""
    today = court_date(work.now)
    async for seals in seals_to_guard(work):
        await guard_one_seal.later_many(
            work, [(f"{seal_id}:{today}", {"seal_id": seal_id}) for seal_id in seals]
        )

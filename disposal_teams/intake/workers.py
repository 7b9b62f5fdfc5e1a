"""Background work on files of cases and assets: thin, keyed, safe to run twice."""

from uuid import UUID

from core.database import Work
from core.outbox import daily, task
from disposal_teams.intake.examine import discard_old_files, examine_file, load_file
from disposal_teams.intake.models import IntakeFile, IntakeState


@task(queue="intake")
async def examine_one_file(work: Work, *, file_id: UUID) -> None:
    """Examine a file that was handed in."""
    file = await work.session.get(IntakeFile, file_id, with_for_update=True)
    if file is not None and IntakeState(file.state) is IntakeState.WAITING:
        await examine_file(work, file)


@task(queue="intake")
async def load_one_file(work: Work, *, file_id: UUID) -> None:
    """Load a file that was confirmed."""
    file = await work.session.get(IntakeFile, file_id, with_for_update=True)
    if file is not None and IntakeState(file.state) is IntakeState.CONFIRMED:
        await load_file(work, file)


@daily(at="03:40")
async def discard_unloaded_files(work: Work) -> None:
    """What nobody loaded for a month."""
    await discard_old_files(work)

"""Files are looked through in the background, a few at a time."""

from core.database import Work
from core.files.watch import clear_folder, look_through
from core.outbox.timetable import daily, every

BATCH = 50


@every(seconds=300, follows_clock=False)
async def check_stored_files(work: Work) -> None:
    """Hold the files that were not looked at for longest against their hashes."""
    await look_through(work, limit=BATCH)


@daily(at="03:40")
async def clear_file_folder(work: Work) -> None:
    """Delete what a crash left in the folder."""
    await clear_folder(work)

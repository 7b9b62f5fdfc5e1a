"""Hold what is kept against its hash again and again, and clear a folder of what no row names."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from time import time

import structlog
from sqlmodel import col, select

from core.database import Work
from core.files.models import StoredFile
from core.files.store import opened
from core.settings import get_settings

EVERY = timedelta(days=30)
"""Each file is looked at so often."""
ABANDONED_S = 24 * 3600
"""A file in the folder that no row names may be one whose transaction still runs; after a day it is not."""
CHUNK = 1_000

log = structlog.get_logger("core.files")


async def look_through(work: Work, *, limit: int) -> int:
    """Check the files that were not looked at for longest, one after the other; returns how many are damaged or missing.

    A damaged one is marked, for the page that lists it, and the log calls the administrator; one that is whole again loses
    the mark.
    """
    waiting = await work.session.exec(
        select(StoredFile.sha256)
        .where(StoredFile.checked_at <= work.now - EVERY)
        .order_by(col(StoredFile.checked_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    damaged = 0
    for digest in list(waiting):
        file = await work.session.get_one(StoredFile, digest)
        whole = await asyncio.to_thread(opened, digest, file.place, file.content_sealed)
        if whole is None:
            damaged += 1
            log.error("stored file damaged", sha256=digest.hex(), place=file.place)
        file.checked_at = work.now
        file.damaged_at = None if whole is not None else file.damaged_at or work.now
        await work.session.flush()
        work.session.expunge(file)  # its bytes are not kept for the length of the transaction
    return damaged


async def clear_folder(work: Work) -> int:
    """Delete files of the folder that a crash left without a row, once they are a day old; returns how many."""
    folder = get_settings().file_folder
    if folder is None:
        return 0
    old = await asyncio.to_thread(_old_files, folder)
    named = {path for path in old if not path.name.startswith(".")}
    abandoned = set(old) - named
    for chunk in _chunks(sorted(named)):
        digests = {digest: path for path in chunk if (digest := _digest(path)) is not None}
        known = await work.session.exec(
            select(StoredFile.sha256).where(col(StoredFile.sha256).in_(list(digests)))
        )
        abandoned |= set(digests.values()) - {digests[each] for each in known}
    return await asyncio.to_thread(_delete, abandoned)


def _old_files(folder: Path) -> list[Path]:
    before = time() - ABANDONED_S
    return [path for path in folder.glob("??/*") if path.is_file() and path.stat().st_mtime < before]


def _digest(path: Path) -> bytes | None:
    """The hash that the name of a file tells; None for what is none of ours, which is left alone."""
    try:
        digest = bytes.fromhex(path.name)
    except ValueError:
        return None
    return digest if len(digest) == 32 and path.parent.name == path.name[:2] else None


def _chunks(paths: list[Path]) -> Iterable[list[Path]]:
    return (paths[at : at + CHUNK] for at in range(0, len(paths), CHUNK))


def _delete(paths: Iterable[Path]) -> int:
    before, deleted = time() - ABANDONED_S, 0
    for path in paths:
        if path.stat().st_mtime < before:  # it was not written anew meanwhile
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted

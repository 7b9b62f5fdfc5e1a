"""Keep bytes once by their hash, in the database or a folder, and open them only if they are still what they were."""

import asyncio
import os
import secrets
from hashlib import sha256
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidTag
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from core.crypto import FieldCipher
from core.database import Work
from core.errors import Conflict, NotFound
from core.files.models import FilePlace, StoredFile
from core.i18n import msg
from core.settings import get_settings

PURPOSE = "stored-file"

log = structlog.get_logger("core.files")


async def store_content(work: Work, content: bytes) -> bytes:
    """Keep the bytes and return their SHA-256; bytes that are there already are not kept again.

    In a folder the file is complete, and flushed to its disk, before the row that names it exists: a crash leaves at most a
    file that nobody names.
    """
    digest = await asyncio.to_thread(lambda: sha256(content).digest())
    known = await work.session.exec(select(StoredFile.place).where(StoredFile.sha256 == digest))
    place = known.first()
    folder = get_settings().file_folder
    if place == FilePlace.DATABASE or (
        place == FilePlace.FOLDER
        and folder is not None
        and await asyncio.to_thread(path_in(folder, digest).exists)
    ):
        return digest
    sealed = await asyncio.to_thread(_cipher().encrypt_bytes, content, bound_to=digest.hex())
    if folder is not None:
        await asyncio.to_thread(_write, path_in(folder, digest), sealed)
    where = {
        "place": FilePlace.FOLDER if folder is not None else FilePlace.DATABASE,
        "content_sealed": sealed if folder is None else None,
        "checked_at": work.now,
        "damaged_at": None,
    }
    await work.session.execute(
        insert(StoredFile)
        .values(sha256=digest, size_bytes=len(content), created_at=work.now, **where)
        .on_conflict_do_update(index_elements=["sha256"], set_=where)
    )
    return digest


async def open_stored(work: Work, digest: bytes) -> bytes:
    """The bytes of this hash, for a use case that has checked who asks. Raises `NotFound`; `Conflict` when what lies there
    is not what was kept: nothing of it is given out."""
    found = await work.session.exec(
        select(StoredFile.place, StoredFile.content_sealed).where(StoredFile.sha256 == digest)
    )
    row = found.first()
    if row is None:
        raise NotFound(msg("没有找到该文件。"))
    content = await asyncio.to_thread(opened, digest, row[0], row[1])
    if content is None:
        log.error("stored file damaged", sha256=digest.hex(), place=row[0])
        raise Conflict(
            msg("文件的校验值与入卷时不一致，或者文件已经丢失，已停止提供。"),
            remedy=msg("请通知系统管理员从备份恢复该文件。"),
        )
    return content


def path_in(folder: Path, digest: bytes) -> Path:
    """Where the file of this hash lies in the folder."""
    name = digest.hex()
    return folder / name[:2] / name


def opened(digest: bytes, place: str, sealed: bytes | None) -> bytes | None:
    """The content, or None when it is missing or was changed. Blocking; run in a thread."""
    folder = get_settings().file_folder
    try:
        if place == FilePlace.FOLDER:
            if folder is None:
                return None
            sealed = path_in(folder, digest).read_bytes()
        assert sealed is not None
        content = _cipher().decrypt_bytes(sealed, bound_to=digest.hex())
    except (OSError, InvalidTag, ValueError):
        return None
    return content if sha256(content).digest() == digest else None


def _write(path: Path, sealed: bytes) -> None:
    """Write a file that nobody can see half-written, and have it on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with draft.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        draft.unlink(missing_ok=True)


def _cipher() -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), PURPOSE)

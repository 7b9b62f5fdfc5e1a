"""Take a file in, and open it again."""

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from core.crypto import FieldCipher
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import msg
from core.ids import new_id
from core.sealed_files.models import SealedFile
from core.settings import get_settings

MOST_BYTES = 10_000_000
MEDIA_TYPES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
"""What is taken, by the first bytes: what a name or a browser says of a file proves nothing."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file in clear."""

    name: str
    media_type: str
    content: bytes


async def keep_file(work: Work, *, purpose: str, name: str, content: bytes, field: str = "file") -> UUID:
    """Keep a file sealed under the key of `purpose`; returns its id, which only the owner's sealed record should hold.

    Raises `InvalidInput` at `field` when it is neither PDF, PNG nor JPEG, or larger than 10 MB.
    """
    media_type = next((kind for start, kind in MEDIA_TYPES.items() if content.startswith(start)), None)
    if media_type is None:
        raise InvalidInput(
            msg("文件不能受理。"), fields={field: msg("只接受 PDF、PNG 或 JPEG 文件，请转换后重新上传。")}
        )
    if len(content) > MOST_BYTES:
        raise InvalidInput(
            msg("文件不能受理。"),
            fields={field: msg("文件过大，最多 {size} MB。", size=MOST_BYTES // 1_000_000)},
        )
    file_id = new_id()
    cipher = _cipher(purpose)
    work.session.add(
        SealedFile(
            id=file_id,
            purpose=purpose,
            media_type=media_type,
            size_bytes=len(content),
            name_sealed=cipher.encrypt(_plain_name(name), bound_to=f"{file_id}:name"),
            content_sealed=cipher.encrypt_bytes(content, bound_to=str(file_id)),
            created_at=work.now,
        )
    )
    await work.session.flush()
    return file_id


async def open_file(work: Work, file_id: UUID, *, purpose: str) -> OpenedFile:
    """The file in clear, for a use case that has checked who asks. Raises `NotFound`."""
    file = await work.session.get(SealedFile, file_id)
    if file is None or file.purpose != purpose:
        raise NotFound(msg("没有找到该文件。"))
    cipher = _cipher(purpose)
    return OpenedFile(
        cipher.decrypt(file.name_sealed, bound_to=f"{file_id}:name"),
        file.media_type,
        cipher.decrypt_bytes(file.content_sealed, bound_to=str(file_id)),
    )


def _cipher(purpose: str) -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), f"file:{purpose}")


def _plain_name(name: str) -> str:
    """The last part of a path, without characters that a header or another system could stumble over."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in last if each.isprintable() and each not in '"<>:|?*')
    return kept.strip(" .")[-120:] or "文件"

"""Word and Excel files of the new kind: taken if they only hold text and figures. Blocking; run in a thread."""

import re
import zipfile
import zlib
from io import BytesIO
from typing import Literal

from core.files.names import DOCX, XLSX

Reason = Literal["broken", "active", "bomb", "other"]
MOST_PARTS = 5_000
MOST_BYTES = 200_000_000
MOST_MARKUP = 30_000_000
"""Only the markup is read; pictures inside stay packed."""
CHUNK = 1_000_000

_MAIN = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ACTIVE_PARTS = (
    "vbaproject",
    "vbadata",
    "activex",
    "/embeddings/",
    "/externallinks/",
    "macrosheets",
    "/ctrlprops/",
)
_ACTIVE_TYPES = (b"macroenabled", b"vbaproject", b"activex", b"oleobject", b"macrosheet")
_EXTERNAL = re.compile(rb'<[^<>]*TargetMode\s*=\s*["\']External["\'][^<>]*>', re.IGNORECASE)
_DYNAMIC = re.compile(rb"\bDDE(AUTO)?\b")


class OfficeRefused(Exception):
    """A file is not taken; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def check_office(content: bytes) -> str:
    """The type of a Word or Excel file without anything active: no macros, no controls, nothing embedded, nothing that is
    fetched or started when it is opened. Raises `OfficeRefused`; `other` for any other kind of archive."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _checked(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ):
        raise OfficeRefused("broken") from None


def _checked(archive: zipfile.ZipFile) -> str:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "[content_types].xml" not in names:
        raise OfficeRefused("other")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise OfficeRefused("bomb")
    if any(word in f"/{name}" for name in names for word in _ACTIVE_PARTS):
        raise OfficeRefused("active")
    left = MOST_MARKUP
    for part in parts:
        name = part.filename.lower()
        if not name.endswith((".xml", ".rels")):
            continue
        markup = _read(archive, part, left)
        left -= len(markup)
        _refuse_active(name, markup)
    kinds = [kind for name, kind in _MAIN.items() if name in names]
    if len(kinds) != 1:
        raise OfficeRefused("other")
    return kinds[0]


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    """What the part really unpacks to, which its directory may lie about."""
    read = bytearray()
    with archive.open(part) as file:
        while piece := file.read(CHUNK):
            read += piece
            if len(read) > most:
                raise OfficeRefused("bomb")
    return bytes(read)


def _refuse_active(name: str, markup: bytes) -> None:
    if name == "[content_types].xml" and any(word in markup.lower() for word in _ACTIVE_TYPES):
        raise OfficeRefused("active")
    if b"<!DOCTYPE" in markup or b"<!ENTITY" in markup:
        raise OfficeRefused("active")
    if name.endswith(".rels") and any(
        b"/hyperlink" not in link.lower() for link in _EXTERNAL.findall(markup)
    ):
        raise OfficeRefused("active")
    if name.startswith("word/") and b"instrText" in markup and _DYNAMIC.search(markup):
        raise OfficeRefused("active")

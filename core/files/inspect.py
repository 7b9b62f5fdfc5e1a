"""What a file is, by its content and never by its name, and whether it is taken."""

import asyncio
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from io import BytesIO

from core.errors import InvalidInput
from core.files import images, office
from core.files.images import ImageRefused, Rendition
from core.files.names import JPEG, PDF, PNG, WEBP, file_name
from core.files.office import OfficeRefused, check_office
from core.i18n import Message, msg
from core.pdf_check import check_pdf, paint_first_page
from core.settings import get_settings

AT_ONCE = 2
PREVIEW: Mapping[str, int] = {"preview": 900}
ENOUGH = 600
"""Pixels of the longer side that tell a look at a file from a thumbnail."""
_STARTS = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<!doctype html", b"<html>", b"<html ", b"<script", b"<svg xmlns", b"<?php ")
"""Long enough that the noise of a large picture does not hold them by chance."""

_IMAGE_REASONS: dict[images.Reason, Message] = {
    "broken": msg("图片已经损坏，无法打开。请重新导出后上传。"),
    "bomb": msg("图片的像素过多，不能受理。请缩小后重新上传。"),
    "moving": msg("动态图片不能受理，请上传静态图片。"),
    "small": msg("图片过小，不能受理。"),
}
_OFFICE_REASONS: dict[office.Reason, Message] = {
    "broken": msg("文件已经损坏，无法打开。请重新保存后上传。"),
    "active": msg("文件含有宏、控件、嵌入对象或者外部链接，不能受理。请另存为 PDF 后重新上传。"),
    "bomb": msg("文件解压后过大，不能受理。"),
    "other": msg("不接受压缩包。请解压后逐个上传其中的文件。"),
}
_TAKEN = msg("只接受 PDF、PNG、JPEG、WebP、DOCX 或 XLSX 文件（按内容识别，改扩展名无效）。")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept. `pages` of a PDF; `renditions` are the wanted sizes of what it shows, if it shows something."""

    name: str
    media_type: str
    content: bytes
    sha256: bytes
    pages: int | None = None
    renditions: Mapping[str, Rendition] = field(default_factory=dict)

    @property
    def preview(self) -> Rendition | None:
        """The smallest size that is no thumbnail, for a look at the file."""
        large_enough = [each for each in self.renditions.values() if max(each.width, each.height) >= ENOUGH]
        return min(large_enough or self.renditions.values(), key=lambda each: each.width, default=None)


@cache
def _room(_loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    return asyncio.Semaphore(AT_ONCE)


async def inspect_file(
    name: str,
    content: bytes,
    *,
    most_bytes: int,
    field: str = "file",
    sides: Mapping[str, int] = PREVIEW,
) -> CheckedFile:
    """Look through a file before it is kept; a picture, or the first page of a PDF, is also written anew in sizes whose longer
    side is `sides`. Not inside a transaction: it takes a second, most of it in a thread or process.

    Raises `InvalidInput` at `field` for another type, two types in one, more than `most_bytes`, active content, packed data
    beyond bounds, and what cannot be read.
    """
    if not content:
        raise _refused(field, msg("文件是空的，请重新选择。"))
    if len(content) > most_bytes:
        raise _refused(field, msg("文件过大，最多 {size} MB。", size=most_bytes // 1_000_000))
    media_type = _recognised(content, field)
    pages: int | None = None
    renditions: Mapping[str, Rendition] = {}
    if media_type == PDF:
        pages = (await check_pdf(name, content, field=field, most_bytes=most_bytes)).pages
        renditions = await _first_page(content, sides)
    async with _room(asyncio.get_running_loop()):
        if await asyncio.to_thread(_is_two_in_one, content, media_type):
            raise _refused(field, msg("文件中夹带了另一种文件，不能受理。请重新导出后上传。"))
        if media_type == "":
            media_type = await _office_type(content, field)
        elif media_type != PDF:
            renditions = await _picture(content, sides, field)
        digest = await asyncio.to_thread(lambda: sha256(content).digest())
    return CheckedFile(file_name(name, media_type), media_type, content, digest, pages, renditions)


def _recognised(content: bytes, field: str) -> str:
    """The type by the first bytes; empty for an archive that may be an office file."""
    for start, media_type in _STARTS.items():
        if content.startswith(start):
            return media_type
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"PK\x03\x04"):
        return ""
    if content.startswith(_OLD_OFFICE):
        raise _refused(
            field, msg("旧版 Office 文件可能含有宏，不能受理。请另存为 DOCX、XLSX 或 PDF 后重新上传。")
        )
    raise _refused(field, _TAKEN)


def _is_two_in_one(content: bytes, media_type: str) -> bool:
    """Whether the file also passes for another type: an archive at the end, a page or a PDF at the beginning."""
    beginning = content[:1024].lower()
    if media_type != "" and zipfile.is_zipfile(BytesIO(content)):
        return True
    if media_type != PDF and b"%pdf-" in beginning:
        return True
    # Markup may lie anywhere in the comments of a picture; in a PDF or an archive it counts where a browser would look.
    where = content.lower() if media_type in {PNG, JPEG, WEBP} else beginning
    return any(word in where for word in _MARKUP)


async def _office_type(content: bytes, field: str) -> str:
    try:
        return await asyncio.to_thread(check_office, content)
    except OfficeRefused as refused:
        raise _refused(field, _OFFICE_REASONS[refused.reason]) from None


async def _first_page(content: bytes, sides: Mapping[str, int]) -> dict[str, Rendition]:
    """The first page in these sizes; nothing where it cannot be painted, which is no reason to refuse a file."""
    async with _room(asyncio.get_running_loop()):
        painted = await paint_first_page(content, side=max(sides.values()))
        if painted is None:
            return {}
        with suppress(ImageRefused):
            return await asyncio.to_thread(
                images.make_renditions, painted, sides, most_pixels=max(sides.values()) ** 2
            )
    return {}


async def _picture(content: bytes, sides: Mapping[str, int], field: str) -> dict[str, Rendition]:
    most_pixels = get_settings().picture_megapixels * 1_000_000
    try:
        return await asyncio.to_thread(images.make_renditions, content, sides, most_pixels=most_pixels)
    except ImageRefused as refused:
        raise _refused(field, _IMAGE_REASONS[refused.reason]) from None


def _refused(field: str, reason: Message) -> InvalidInput:
    return InvalidInput(msg("文件不能受理。"), fields={field: reason})

"""Have a strange PDF looked through, and say in plain words why one is not taken."""

import asyncio
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

from core.errors import InvalidInput
from core.i18n import Message, msg
from core.sealed_files import MOST_BYTES

MOST_PAGES = 500
SECONDS = 20
AT_ONCE = 2
_READER = Path(__file__).with_name("reader.py")

_REASONS: dict[str, Message] = {
    "encrypted": msg("文件设有密码或者加密，无法审查。请取消加密后重新上传。"),
    "active": msg("文件含有脚本、外部程序或者多媒体，不能受理。请另存为不含这些内容的 PDF 后重新上传。"),
    "embedded": msg("文件中夹带了其他文件，不能受理。请删除附件后重新上传，附件另行提交。"),
    "bomb": msg("文件解压后过大，不能受理。请降低图片清晰度后重新导出。"),
    "too_many_objects": msg("文件结构过于复杂，不能受理。请重新导出为普通 PDF。"),
    "too_many_pages": msg("页数过多，最多 {pages} 页。", pages=MOST_PAGES),
    "no_pages": msg("文件没有任何页面。"),
    "broken": msg("文件已经损坏或者不是 PDF，无法打开。请重新导出后上传。"),
}


@dataclass(frozen=True, slots=True)
class CheckedPdf:
    """A PDF that was found harmless. `text`: what can be read of its first pages, empty for a scan."""

    name: str
    content: bytes
    sha256: bytes
    pages: int
    text: str


class _Answer(msgspec.Struct):
    pages: int = 0
    text: str = ""
    refused: str | None = None


@cache
def _room(_loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    return asyncio.Semaphore(AT_ONCE)


async def check_pdf(
    name: str, content: bytes, *, field: str = "file", most_bytes: int = MOST_BYTES
) -> CheckedPdf:
    """Look through a file before it is kept: by its content, never by its name. Not inside a transaction: it takes a second.

    Raises `InvalidInput` at `field` for another type, more than `most_bytes` or 500 pages, encryption, scripts, embedded files,
    packed data beyond bounds, and what cannot be read within memory and time.
    """
    if not content.startswith(b"%PDF-"):
        raise _refused(field, msg("只接受 PDF 文件（按内容识别，改扩展名无效）。"))
    if len(content) > most_bytes:
        raise _refused(field, msg("文件过大，最多 {size} MB。", size=most_bytes // 1_000_000))
    async with _room(asyncio.get_running_loop()):
        answer = await _ask_reader(content)
    if answer.refused is not None:
        raise _refused(field, _REASONS.get(answer.refused, _REASONS["broken"]))
    return CheckedPdf(name, content, sha256(content).digest(), answer.pages, answer.text)


async def _ask_reader(content: bytes) -> _Answer:
    reader = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(_READER),
        str(MOST_PAGES),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        out, _ = await asyncio.wait_for(reader.communicate(content), SECONDS)
        return msgspec.json.decode(out, type=_Answer)
    except (TimeoutError, msgspec.MsgspecError):  # too slow, or ended by its limits before it could answer
        return _Answer(refused="bomb")
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()


def _refused(field: str, reason: Message) -> InvalidInput:
    return InvalidInput(msg("文件不能受理。"), fields={field: reason}, rule="V-24")

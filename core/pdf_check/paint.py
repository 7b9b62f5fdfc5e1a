"""A picture of the first page of a PDF that was found harmless, painted in a process of its own."""

import asyncio
import sys
from pathlib import Path

SECONDS = 15
LARGEST_PICTURE = 30_000_000
_PAINTER = Path(__file__).with_name("painter.py")


async def paint_first_page(content: bytes, *, side: int) -> bytes | None:
    """The page as PNG, its longer side `side` pixels; None when it cannot be painted within memory and time. What strangers
    wrote is decoded outside of this process: the bytes that come back are ours."""
    painter = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(_PAINTER),
        str(side),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        picture, _ = await asyncio.wait_for(painter.communicate(content), SECONDS)
    except TimeoutError:
        return None
    finally:
        if painter.returncode is None:
            painter.kill()
            await painter.wait()
    is_picture = picture.startswith(b"\x89PNG\r\n\x1a\n") and len(picture) <= LARGEST_PICTURE
    return picture if is_picture else None

"""Style sheets, scripts and pictures: read once at the start, put together, and kept by browsers for ever.

Every address carries a digest of all files, so that a new version is a new address and relative imports between
scripts stay in the same version. The style sheets of `static/css/` are joined in the order of their names; `dark.css`
holds the colours of the dark theme once and is written out for the system's preference and for the visitor's choice.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get

from core.errors import NotFound
from core.i18n import msg

STATIC = Path(__file__).parent / "static"
STYLE_SHEET = "css/app.css"
DARK = "dark.css"
FOR_EVER = "public, max-age=31536000, immutable"
WORTH_PACKING = 1000
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    content: bytes
    packed: bytes | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files of one version."""

    version: str
    files: dict[str, Asset]


def style_sheet(folder: Path = STATIC / "css") -> bytes:
    """The one style sheet of all pages."""
    parts = []
    for file in sorted(folder.glob("*.css")):
        text = file.read_text(encoding="utf-8")
        parts.append(_both_ways(text) if file.name.endswith(DARK) else text)
    return "\n".join(parts).encode()


def _both_ways(rule: str) -> str:
    """The dark colours, where the system asks for them and where the visitor chose them."""
    body = rule[rule.index("{") : rule.rindex("}") + 1]
    return (
        f'@media (prefers-color-scheme: dark) {{\n:root:not([data-theme="light"]) {body}\n}}\n'
        f'[data-theme="dark"] {body}\n'
    )


@cache
def assets() -> Assets:
    """The files, read on first use."""
    contents = {
        str(file.relative_to(STATIC)): file.read_bytes()
        for file in sorted(STATIC.rglob("*"))
        if file.is_file() and file.suffix in {".js", ".svg", ".png", ".woff2", ".webp"}
    }
    contents[STYLE_SHEET] = style_sheet()
    digest = hashlib.sha256()
    files = {}
    for name, content in sorted(contents.items()):
        digest.update(name.encode() + b"\0" + content + b"\0")
        files[name] = _asset(name, content)
    return Assets(digest.hexdigest()[:12], files)


def _asset(name: str, content: bytes) -> Asset:
    media_type = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = None
    is_text = media_type.startswith("text/") or media_type.endswith("xml")
    if is_text and len(content) >= WORTH_PACKING:
        packed = gzip.compress(content, 9, mtime=0)
    return Asset(content, packed, media_type)


def asset_url(name: str) -> str:
    """Address of a file. Raises `KeyError` for a name that does not exist, so that a page never links to nothing."""
    known = assets()
    _ = known.files[name]
    return f"/static/{known.version}/{name}"


@get("/static/{version:str}/{name:path}", include_in_schema=False)
async def static_file(request: Request[Any, Any, Any], version: str, name: Path) -> Response[bytes]:
    """A file. An old version's address gives today's file, but is not kept."""
    known = assets()
    found = known.files.get(str(name).lstrip("/"))
    if found is None:
        raise NotFound(msg("没有这个文件。"))
    headers = {
        "cache-control": FOR_EVER if version == known.version else "no-cache",
        "vary": "accept-encoding",
    }
    content = found.content
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content = found.packed
        headers["content-encoding"] = "gzip"
    return Response(content, media_type=found.media_type, headers=headers)

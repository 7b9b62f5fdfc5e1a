"""Photos of assets by the hash of their content: an address never shows anything else, so it is kept for ever."""

from typing import Any

from litestar import Response, get

from core.database import Database
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.photos.show import photo_bytes
from web.access.visitor import Visitor
from web.assets import FOR_EVER


@get("/photos/{name:str}", include_in_schema=False)
async def photo(database: Database, visitor: Visitor, name: str) -> Response[Any]:
    """One size of a photo, for everybody once a notice was published, before that for the court alone."""
    digest = _digest(name)
    async with database.read(visitor.actor) as work:
        found = await photo_bytes(work, digest)
    return Response(
        found.content,
        media_type="image/webp",
        headers={
            "cache-control": FOR_EVER if found.is_public else "private, no-store",
            "content-disposition": "inline",
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )


def _digest(name: str) -> bytes:
    stem, _, ending = name.partition(".")
    try:
        digest = bytes.fromhex(stem) if ending == "webp" and stem == stem.lower() else b""
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise NotFound(msg("没有找到该照片。"))
    return digest


route_handlers = [photo]

"""The public page of a draw of appraisal firms, and its record for recomputing (V-20, V-37)."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response, get

from core.database import Database
from core.errors import NotFound
from core.i18n import msg
from valuation.selection.lottery import candidates_of, public_draw
from valuation.selection.rules import faults
from web.access.visitor import AnyRequest
from web.rendering import page


@get("/draws/{selection_id:uuid}", include_in_schema=False)
async def show_draw(request: AnyRequest, database: Database, selection_id: UUID) -> Response[Any]:
    """Candidates and commitment before the draw; afterwards the result, recomputed while the page is made."""
    async with database.read() as work:
        selection, record = await public_draw(work, selection_id)
    names = {str(each.id): each.name for each in candidates_of(selection)}
    return page(
        request,
        "portal/draw.html",
        selection=selection,
        candidates=candidates_of(selection),
        record=record,
        faults=faults(record) if record is not None else None,
        chosen=[names[each] for each in selection.chosen if each in names],
    )


@get("/draws/{selection_id:uuid}/record.json", include_in_schema=False)
async def draw_record(database: Database, selection_id: UUID) -> Response[bytes]:
    """The record for `disposal verify draw`. 404 until the draw has been held."""
    async with database.read() as work:
        _, record = await public_draw(work, selection_id)
    if record is None:
        raise NotFound(msg("摇号尚未进行。"))
    return Response(msgspec.json.encode(record), media_type=MediaType.JSON)


route_handlers = [show_draw, draw_record]

"""The dossier that went over with the disposal right, as the new court reads it (T-04, P-03)."""

from typing import Any
from uuid import UUID

from litestar import Response, get

from core.database import Database
from disposal_teams.courts.queries import court_names
from disposal_teams.dossier.rules import KIND_LABELS
from disposal_teams.transfers.dossier import (
    handed_over_item,
    handed_over_paper,
    handed_over_version,
    open_handed_over,
)
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.papers import file_answer, paper_answer
from web.rendering import page
from web.team.dossier import item_page

BASE = "/court/transfers/{transfer_id:uuid}/dossier"


@get(BASE, include_in_schema=False)
async def transfer_dossier(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """The catalogue; every look is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        found = await open_handed_over(work, transfer_id)
        names = await court_names(work)
    return page(
        request,
        "dossier/handed_over.html",
        found=found,
        transfer=found.transfer,
        courts=names,
        kind_labels=KIND_LABELS,
    )


@get(BASE + "/{file_id:uuid}", include_in_schema=False)
async def transfer_item(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID, file_id: UUID
) -> Response[Any]:
    """An item with its versions; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        item = await handed_over_item(work, transfer_id, file_id)
    base = f"/court/transfers/{transfer_id}/dossier"
    return item_page(request, item, base=base, files=f"{base}/{file_id}")


@get(BASE + "/{file_id:uuid}/versions/{number:int}", include_in_schema=False)
async def transfer_version(
    database: Database, visitor: Visitor, transfer_id: UUID, file_id: UUID, number: int
) -> Response[Any]:
    """The bytes of a version; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        return file_answer(await handed_over_version(work, transfer_id, file_id, number))


@get(BASE + "/papers/{document_id:uuid}", include_in_schema=False)
async def transfer_paper(
    database: Database, visitor: Visitor, transfer_id: UUID, document_id: UUID
) -> Response[Any]:
    """A court paper of the asset; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        return paper_answer(await handed_over_paper(work, transfer_id, document_id))


route_handlers = [transfer_dossier, transfer_item, transfer_version, transfer_paper]

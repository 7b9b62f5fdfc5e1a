"""Papers of an asset or a transfer, for everyone who may open the asset or the transfer."""

from typing import Any
from uuid import UUID

from litestar import Response, get

from core.database import Database
from core.documents import document_by_id
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.transfers.request import request_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.papers import paper_answer


@get("/team/assets/{asset_no:str}/papers/{document_id:uuid}", include_in_schema=False)
async def paper_of_asset(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, document_id: UUID
) -> Response[Any]:
    """A paper in the file of an own asset, whichever court issued it."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        paper = await document_by_id(work, document_id)
        if paper.asset_id != subject.id:
            raise NotFound(msg("没有找到该文书。"))
    return paper_answer(paper)


@get("/court/transfers/{transfer_id:uuid}/papers/{document_id:uuid}", include_in_schema=False)
async def paper_of_transfer(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID, document_id: UUID
) -> Response[Any]:
    """A letter between two courts, for both and their superior."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        await request_of(work, transfer_id)
        paper = await document_by_id(work, document_id)
        if paper.subject != f"transfer:{transfer_id}":
            raise NotFound(msg("没有找到该文书。"))
    return paper_answer(paper)


route_handlers = [paper_of_asset, paper_of_transfer]

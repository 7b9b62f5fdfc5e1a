"""The sold lots most like a lot, for everybody: facts, no forecast."""

from typing import Any

from litestar import Response, get

from auction.listing.catalogue import lot_page
from core.database import Database
from valuation.comparables.queries import outlook_of
from web.access.visitor import AnyRequest, Visitor
from web.rendering import page
from web.sold_alike import plot_of


@get("/lots/{lot_no:str}/comparables", include_in_schema=False)
async def show_comparables(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """The plot and the table."""
    async with database.read(visitor.actor) as work:
        shown = await lot_page(work, lot_no)
        found = await outlook_of(work, shown.lot.asset_id)
    neighbours = found.neighbours if found else []
    plot, by_size = plot_of(neighbours)
    return page(
        request,
        "portal/comparables.html",
        lot=shown.lot,
        neighbours=neighbours,
        plot=plot,
        by_size=by_size,
    )


route_handlers = [show_comparables]

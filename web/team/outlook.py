"""What the market says of an asset: expected price with its error, sold lots alike. Evidence, never the legal price."""

from typing import Any

from litestar import Response, get

from core.database import Database
from core.i18n import msg
from disposal_teams.assets.queries import open_own_asset
from valuation.comparables.features import MEANINGS
from valuation.comparables.queries import newest_model, outlook_of
from valuation.reference_price import reference_price_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.rendering import page
from web.sold_alike import plot_of

DRIVER_LABELS = {name: msg(meaning) for name, meaning in MEANINGS.items()}


@get("/team/assets/{asset_no:str}/outlook", include_in_schema=False)
async def show_outlook(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The outlook beside the legal figures."""
    async with database.begin(require_staff(visitor)) as work:  # reading across courts is recorded
        asset = await open_own_asset(work, asset_no)
        found = await outlook_of(work, asset.id)
        model = await newest_model(work)
        reference = await reference_price_of(work, asset.id)
    plot, by_size = plot_of(
        found.neighbours if found is not None else [],
        area_m2=float(asset.area_m2) if asset.area_m2 else None,
        reference_fen=reference.price_fen if reference else None,
        expected_fen=found.outlook.mid_fen if found is not None else None,
    )
    return page(
        request,
        "listing/outlook.html",
        subject=asset,
        found=found,
        model=model,
        reference=reference,
        floor_fen=reference.lowest_start_fen if reference else None,
        driver_labels=DRIVER_LABELS,
        plot=plot,
        by_size=by_size,
    )


route_handlers = [show_outlook]

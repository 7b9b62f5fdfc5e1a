"""The cities' purchase limits for everybody, with every version of the table (B-17)."""

from typing import Any

from litestar import Response, get

from auction.purchase_limits.policy import limits_now, policy_versions, read_limits
from auction.purchase_limits.rules import is_in_force
from core.clock import COURT_ZONE
from core.database import Database
from core.legal_settings import legal
from web.access.visitor import AnyRequest, Visitor
from web.portal.words import KINDS
from web.rendering import page


@get("/purchase-limits", include_in_schema=False)
async def show_limits(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What binds today, what did, and since when."""
    async with database.read(visitor.actor) as work:
        today = work.now.astimezone(COURT_ZONE).date()
        limits = [(limit, is_in_force(limit, on=today)) for limit in await limits_now(work)]
        versions = [(version, read_limits(version)) for version in await policy_versions(work)]
    return page(
        request,
        "portal/purchase_limits.html",
        limits=limits,
        versions=versions,
        home_city=legal().home_city,
        kinds={str(kind): label for kind, label in KINDS.items()},
        today=today,
    )


route_handlers = [show_limits]

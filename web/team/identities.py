"""The registration desk: confirm the real names of bidders (B-30). It sees identities, never lots (P-01)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.registration.real_name import confirm_identity, identities_to_confirm
from core.database import Database
from core.i18n import msg
from core.identity import Role
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.rendering import page, see_other

DESK = (Role.CLERK, Role.CASE_OFFICER, Role.DISPOSAL_TEAM)


@get("/team/identities", include_in_schema=False)
async def identity_queue(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Who waits, oldest first."""
    actor = require_role(visitor, *DESK)
    async with database.read(actor) as work:
        waiting = await identities_to_confirm(work)
    return page(request, "settlement/identities.html", waiting=waiting)


@post("/team/identities/{account_id:uuid}/confirm", include_in_schema=False)
async def confirm(
    request: AnyRequest, database: Database, visitor: Visitor, account_id: UUID
) -> Response[Any]:
    """The identity was checked. Confirming it again changes nothing."""
    actor = require_role(visitor, *DESK)
    async with database.begin(actor) as work:
        await confirm_identity(work, account_id)
    return see_other(request, "/team/identities", said=msg("实名信息已确认，该用户可以报名竞买。"))


route_handlers = [identity_queue, confirm]

"""What the nightly scan proposes to a court, and the court's no (L-28)."""

from typing import Any
from uuid import UUID

from litestar import Response, post

from core.database import Database
from core.i18n import msg
from disposal_teams.transfers.propose import dismiss_proposal
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.rendering import see_other
from web.team.fields import as_refusal


@post("/court/transfers/proposals/{seal_id:uuid}/dismiss", include_in_schema=False)
async def dismiss(request: AnyRequest, database: Database, visitor: Visitor, seal_id: UUID) -> Response[Any]:
    """The court will not ask for what the scan proposed."""
    actor = require_staff(visitor)
    form = await read_form(request)
    why = form.text("why", longest=500)
    if form.is_bad:
        raise as_refusal(form)
    async with database.begin(actor) as work:
        await dismiss_proposal(work, seal_id, why=why)
    return see_other(request, "/court#idle", said=msg("已记录不商请的理由。"))


route_handlers = [dismiss]

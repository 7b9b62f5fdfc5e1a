"""The debtor hands in the papers on the quality of an asset (B-05)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor
from disposal_teams.quality.demand import STATE_LABELS, files_of, hand_in, own_demand
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.quality import optional_uploads


@get("/my/quality/{demand_id:uuid}", include_in_schema=False)
async def own_demand_page(
    request: AnyRequest, database: Database, visitor: Visitor, demand_id: UUID
) -> Response[Any]:
    """What is wanted until when, and the form."""
    return await _show(request, database, require_login(visitor), demand_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, demand_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        demand, subject, _ = await own_demand(work, demand_id)
        handed_in = len(await files_of(work, demand_id))
    return page(
        request,
        "my/quality.html",
        status=form.status,
        form=form,
        demand=demand,
        subject=subject,
        handed_in=handed_in,
        demand_states=STATE_LABELS,
    )


@post("/my/quality/{demand_id:uuid}", include_in_schema=False)
async def hand_in_papers(
    request: AnyRequest, database: Database, visitor: Visitor, demand_id: UUID
) -> Response[Any]:
    """Hand in files, a statement, or both."""
    actor = require_login(visitor)
    form = await read_form(request)
    statement = form.text("statement", required=False, longest=1000, lines=True)
    files = await optional_uploads(form)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await hand_in(work, demand_id, files=files, statement=statement)
            return see_other(request, f"/my/quality/{demand_id}", said=msg("资料已提交，法院已收到通知。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, demand_id, form)


route_handlers = [own_demand_page, hand_in_papers]

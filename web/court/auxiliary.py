"""The court's list of bodies for auxiliary work (B-04)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.auxiliary.keep_list import KIND_LABELS, bodies_of, exclude_body, list_body
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other


@get("/court/auxiliary", include_in_schema=False)
async def body_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Who is on the list, and who was excluded and why."""
    return await _show(request, database, require_staff(visitor), Form.blank())


async def _show(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    court = actor.court_code or ""
    async with database.read(actor) as work:
        bodies = await bodies_of(work, court)
    return page(
        request,
        "auxiliary/list.html",
        status=form.status,
        form=form,
        bodies=bodies,
        kind_names=KIND_LABELS,
        chosen=form.many("kinds"),
        may_keep=may(actor, Permission.KEEP_AUXILIARY, court_code=court),
    )


@post("/court/auxiliary", include_in_schema=False)
async def add_body(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Take a body on."""
    actor = require_staff(visitor)
    form = await read_form(request)
    name = form.text("name", longest=80)
    selected_how = form.text("selected_how", longest=200)
    kinds = form.many("kinds")
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await list_body(
                    work, actor.court_code or "", name=name, kinds=kinds, selected_how=selected_how
                )
            return see_other(request, "/court/auxiliary", said=msg("辅助机构已列入名单。"))
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


@post("/court/auxiliary/{body_id:uuid}/exclude", include_in_schema=False)
async def exclude(request: AnyRequest, database: Database, visitor: Visitor, body_id: UUID) -> Response[Any]:
    """Exclude a body."""
    actor = require_staff(visitor)
    form = await read_form(request)
    because = form.text("because", longest=300)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await exclude_body(work, body_id, because=because)
            return see_other(request, "/court/auxiliary", said=msg("该机构已除名。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


route_handlers = [body_list, add_body, exclude]

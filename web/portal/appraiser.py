"""The pages of an appraisal firm: what it is entrusted with, by when, and its steps (V-21, V-23)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.identity import Actor, Role
from valuation.selection.queries import own_engagements
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.appraisal import STEPS, engagement_step_of, no_such_step

OWN_STEPS = ("accept", "decline", "ask-time")


@get("/appraiser", include_in_schema=False)
async def home(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Everything the firm was entrusted with, newest first."""
    async with database.read(require_role(visitor, Role.APPRAISER)) as work:
        rows = await own_engagements(work)
    return page(request, "appraiser/home.html", rows=rows)


@get("/appraiser/{engagement_id:uuid}", include_in_schema=False)
async def show(
    request: AnyRequest, database: Database, visitor: Visitor, engagement_id: UUID
) -> Response[Any]:
    """One engagement."""
    return await _show(request, database, require_role(visitor, Role.APPRAISER), engagement_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, engagement_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        row = next(
            (each for each in await own_engagements(work) if each.engagement.id == engagement_id), None
        )
    if row is None:
        raise no_such_step()
    return page(
        request,
        "appraiser/engagement.html",
        status=form.refused.status if form.refused else 422 if form.errors else 200,
        form=form,
        row=row,
    )


@post("/appraiser/{engagement_id:uuid}/{name:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, database: Database, visitor: Visitor, engagement_id: UUID, name: str
) -> Response[Any]:
    """Accept, decline, or ask for more time."""
    actor = require_role(visitor, Role.APPRAISER)
    form = await read_form(request)
    if name not in OWN_STEPS:
        raise no_such_step()
    step = engagement_step_of(form, engagement_id, name)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await step(work)
            return see_other(request, f"/appraiser/{engagement_id}", said=STEPS[name])
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, engagement_id, form)


route_handlers = [home, show, take_step]

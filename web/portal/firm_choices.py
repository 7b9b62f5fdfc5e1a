"""A party's own page: name three appraisal firms in order (V-20)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor
from valuation.selection.choose import name_firms
from valuation.selection.models import SelectionState
from valuation.selection.queries import own_selection
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.appraisal import read_firms


@get("/my/appraisers/{selection_id:uuid}", include_in_schema=False)
async def show(
    request: AnyRequest, database: Database, visitor: Visitor, selection_id: UUID
) -> Response[Any]:
    """The form, or what came of it."""
    return await _show(request, database, require_login(visitor), selection_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, selection_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        view, party, asset = await own_selection(work, selection_id)
        now = work.now
    own = view.choices.get(party.id)
    return page(
        request,
        "my/firm_choice.html",
        status=form.status,
        form=form,
        subject=asset,
        selection=view.selection,
        eligible=view.eligible,
        own=own.firms if own else [],
        is_open=view.selection.state == SelectionState.AGREEING and now < view.selection.due_at,
    )


@post("/my/appraisers/{selection_id:uuid}", include_in_schema=False)
async def choose(
    request: AnyRequest, database: Database, visitor: Visitor, selection_id: UUID
) -> Response[Any]:
    """Name the firms."""
    actor = require_login(visitor)
    form = await read_form(request)
    firms = read_firms(form)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                _, party, _ = await own_selection(work, selection_id)
                await name_firms(work, selection_id, party.id, firms=firms)
            return see_other(request, f"/my/appraisers/{selection_id}", said=msg("您的选择已提交。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, selection_id, form)


route_handlers = [show, choose]

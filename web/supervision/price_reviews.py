"""The court above: requests to review a reference price by way of supervision (V-32)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from disposal_teams.courts.queries import court_names
from valuation.supervision.models import SupervisionOutcome
from valuation.supervision.queries import supervision_rows
from valuation.supervision.review import decide_supervision
from valuation.supervision.rules import OUTCOME_LABELS
from valuation.ways.rules import METHOD_LABELS
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.price_reviews import WORDS
from web.rendering import page, see_other
from web.team.labels import shown

ADDRESS = "/supervision/price-reviews"


@get(ADDRESS, include_in_schema=False)
async def show(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Open requests with their clocks, then what was decided."""
    return await _show(request, database, require_role(visitor, Role.INTERMEDIATE_COURT), Form.blank())


async def _show(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        rows = await supervision_rows(work)
        names = await court_names(work)
    return page(
        request,
        "supervision/price_reviews.html",
        status=form.status,
        form=form,
        rows=rows,
        courts=names,
        method_labels=METHOD_LABELS,
        outcomes=shown(request, [(str(each), label) for each, label in OUTCOME_LABELS.items()]),
        **WORDS,
    )


@post(ADDRESS + "/{request_id:uuid}", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, request_id: UUID
) -> Response[Any]:
    """Decide one."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    outcome = form.choice("outcome", SupervisionOutcome)
    reasons = form.text("reasons", longest=2000, lines=True)
    if outcome is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await decide_supervision(work, request_id, outcome=outcome, reasons=reasons)
            return see_other(request, ADDRESS, said=msg("申请已办结，申请人已收到通知。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


route_handlers = [show, decide]

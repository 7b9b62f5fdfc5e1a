"""The applicant's way to the court above after six months without completion (T-20)."""

from typing import Any

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError
from core.i18n import msg
from core.identity import Actor
from disposal_teams.courts.queries import court_names
from disposal_teams.orders import rules
from disposal_teams.orders.inaction import apply_to_superior
from disposal_teams.orders.queries import own_cases, own_inaction
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other


@get("/my/inaction", include_in_schema=False)
async def inaction_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The own cases, from which day each may be brought up, and what became of it."""
    return await _show(request, database, require_login(visitor), Form.blank(stopped_days="0"))


async def _show(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        cases = await own_cases(work)
        made = await own_inaction(work)
        names = await court_names(work)
    return page(
        request,
        "orders/inaction.html",
        status=form.status,
        form=form,
        cases=[(case, rules.first_day_to_apply(case.filed_on, None, 0)) for case in cases],
        case_options=[(str(case.id), case.case_no) for case in cases],
        made=made,
        courts=names,
        decision_labels=rules.DECISION_LABELS,
    )


@post("/my/inaction", include_in_schema=False)
async def apply(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Apply."""
    actor = require_login(visitor)
    form = await read_form(request)
    case_id = form.identifier("case")
    reason = form.text("reason", longest=2000, lines=True)
    found_on = form.day("found_on", required=False)
    stopped = form.integer("stopped_days", least=0, most=3660, required=False)
    if case_id is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await apply_to_superior(work, case_id, reason=reason, found_on=found_on, stopped_days=stopped)
            return see_other(request, "/my/inaction", said=msg("申请已送达上一级法院，结果将通知您。"))
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


route_handlers = [inaction_page, apply]

"""Red flags for the court above: what is red, the order on it, the figure before and after (K-21, T-20)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.indicators.definitions import BY_CODE
from auction.indicators.flags import flag_of, flags, order_on_flag, orders_of_flags
from auction.indicators.rows import cases_behind
from auction.indicators.rules import month_of, thresholds
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from core.legal_settings import legal
from disposal_teams.courts.queries import court_names
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.supervision.indicators import words

ADDRESS = "/supervision/red-flags"


@get(ADDRESS, include_in_schema=False)
async def flags_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Every flag, the open ones first."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    async with database.read(actor) as work:
        found = await flags(work)
        names = await court_names(work)
    return page(
        request, "indicators/flags.html", flags=found, courts=names, by_code=BY_CODE,
        thresholds=thresholds(legal().red_flags), **words(),
    )  # fmt: skip


@get(ADDRESS + "/{flag_id:uuid}", include_in_schema=False)
async def flag_page(
    request: AnyRequest, database: Database, visitor: Visitor, flag_id: UUID
) -> Response[Any]:
    """One flag with its orders, and the form of a further one."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    return await show_flag(request, database, actor, flag_id, Form.blank(), above=True)


async def show_flag(
    request: AnyRequest, database: Database, actor: Actor, flag_id: UUID, form: Form, *, above: bool
) -> Response[Any]:
    """The page of a flag, for the court above and for its own court."""
    async with database.read(actor) as work:
        flag = await flag_of(work, flag_id)
        orders = (await orders_of_flags(work, [flag.id])).get(flag.id, [])
        names = await court_names(work)
        month = month_of(work.now) if flag.indicator == "K-21" else flag.month
        cases = await cases_behind(work, flag.indicator, flag.court_code, month) if above else []
    rows = f"/supervision/indicators/{flag.indicator}/rows/{flag.court_code}" if above else (
        f"/court/indicators/{flag.indicator}/rows"
    )  # fmt: skip
    return page(
        request, "indicators/flag.html", status=form.status, form=form, flag=flag, orders=orders, courts=names,
        by_code=BY_CODE, cases=[(str(case_id), number) for case_id, number in cases], above=above,
        rows_href=f"{rows}?period={month:%Y-%m}", **words(),
    )  # fmt: skip


@post(ADDRESS + "/{flag_id:uuid}/orders", include_in_schema=False)
async def order(request: AnyRequest, database: Database, visitor: Visitor, flag_id: UUID) -> Response[Any]:
    """Order the court to act in a case."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    case_id = form.identifier("case_id")
    due_on = form.day("due_on")
    reason = form.text("reason", longest=2000, lines=True)
    if case_id is not None and due_on is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await order_on_flag(work, flag_id, case_id=case_id, reason=reason, due_on=due_on)
            return see_other(request, f"{ADDRESS}/{flag_id}", said=msg("督促执行令已作出并送达。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await show_flag(request, database, actor, flag_id, form, above=True)


route_handlers = [flags_page, flag_page, order]

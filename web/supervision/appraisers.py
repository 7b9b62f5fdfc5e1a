"""The list of appraisal firms, kept by the intermediate court (V-20)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from disposal_teams.assets.labels import KIND_LABELS
from disposal_teams.assets.models import AssetKind
from valuation.appraisers.keep_list import all_firms, list_firm, remove_firm
from valuation.performance.queries import firm_records
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other

ADDRESS = "/supervision/appraisers"


@get(ADDRESS, include_in_schema=False)
async def show(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The list and the form for a new firm."""
    return await _show(request, database, require_role(visitor, Role.INTERMEDIATE_COURT), Form.blank())


async def _show(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        firms = await all_firms(work)
        records = await firm_records(work)
        now = work.now
    return page(
        request,
        "supervision/appraisers.html",
        status=form.status,
        form=form,
        firms=firms,
        records=records,
        today=now.date(),
        kind_labels=KIND_LABELS,
        kinds=[str(kind) for kind in AssetKind],
        ticked=form.many("kinds") if form.values else [],
    )


@post(ADDRESS, include_in_schema=False)
async def add(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """List a firm."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    name, licence_no = form.text("name", longest=80), form.text("licence_no", longest=60)
    licence_until = form.day("licence_until")
    place = form.text("place", required=False, longest=40)
    kinds = [AssetKind(each) for each in form.many("kinds") if each in tuple(AssetKind)]
    if not form.is_bad and licence_until is not None:
        try:
            async with database.begin(actor) as work:
                await list_firm(
                    work,
                    name=name,
                    licence_no=licence_no,
                    licence_until=licence_until,
                    kinds=kinds,
                    place=place,
                )
            return see_other(request, ADDRESS, said=msg("评估机构已登记。"))
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


@post(ADDRESS + "/{firm_id:uuid}/removal", include_in_schema=False)
async def remove(request: AnyRequest, database: Database, visitor: Visitor, firm_id: UUID) -> Response[Any]:
    """Take a firm off the list."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    reason = form.text("reason", longest=200)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await remove_firm(work, firm_id, reason=reason)
            return see_other(request, ADDRESS, said=msg("评估机构已移出名单。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


route_handlers = [show, add, remove]

"""The list of online-inquiry platforms, kept by the intermediate court (V-10, V-15)."""

from typing import Any

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from valuation.online_inquiry.platforms import (
    all_platforms,
    list_platform,
    must_leave,
    new_delivery_key,
    remove_platform,
)
from valuation.performance.queries import platform_records
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other

ADDRESS = "/supervision/platforms"


@get(ADDRESS, include_in_schema=False)
async def show(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The list and the form for a new platform."""
    return await _show(request, database, require_role(visitor, Role.INTERMEDIATE_COURT), Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, form: Form, key: str | None = None
) -> Response[Any]:
    async with database.read(actor) as work:
        rows = [
            (platform, platform.removed_on is None and await must_leave(work, platform.code))
            for platform in await all_platforms(work)
        ]
        records = await platform_records(work)
    return page(
        request,
        "supervision/platforms.html",
        status=form.status,
        form=form,
        rows=rows,
        records=records,
        key=key,
    )


@post(ADDRESS, include_in_schema=False)
async def add(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """List a platform."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    code, name = form.text("code", longest=20), form.text("name", longest=60)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await list_platform(work, code=code, name=name)
            return see_other(request, ADDRESS, said=msg("平台已登记。"))
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


@post(ADDRESS + "/{code:str}/removal", include_in_schema=False)
async def remove(request: AnyRequest, database: Database, visitor: Visitor, code: str) -> Response[Any]:
    """Take a platform off the list."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    reason = form.text("reason", longest=200)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await remove_platform(work, code, reason=reason)
            return see_other(request, ADDRESS, said=msg("平台已移出名单，五年内不得再次入选。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


@post(ADDRESS + "/{code:str}/key", include_in_schema=False)
async def renew_key(request: AnyRequest, database: Database, visitor: Visitor, code: str) -> Response[Any]:
    """A new key for the interface, shown on this page only."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    await read_form(request)
    async with database.begin(actor) as work:
        key = await new_delivery_key(work, code)
    return await _show(request, database, actor, Form.blank(), key)


route_handlers = [show, add, remove, renew_key]

"""Calendars of what is due: their secret addresses, and the files behind them."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import Parameter

from auction.due.feed import feeds_of, read_feed, renew_feed, revoke_feed
from auction.due.models import Scope
from auction.due.team_feed import renew_team_calendar, revoke_team_calendar, team_addresses
from core.database import Database
from core.errors import NotFound
from core.i18n import msg
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.court.due import SCOPE_LABELS
from web.forms import read_form
from web.rendering import page, see_other


@get("/court/calendar", include_in_schema=False)
async def calendar_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The own calendars."""
    return await _show(request, database, visitor)


async def _show(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    *,
    fresh: tuple[Scope | UUID, str] | None = None,
) -> Response[Any]:
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        feeds = await feeds_of(work)
        teams = await team_addresses(work)
    address = None
    if fresh is not None:
        address = f"{_base(request)}/calendar.ics?token={fresh[1]}"
    return page(
        request,
        "due/calendar.html",
        teams=teams,
        scopes=[(scope, label, feeds.get(scope)) for scope, label in SCOPE_LABELS.items()],
        fresh=fresh[0] if fresh else None,
        address=address,
    )


def _base(request: AnyRequest) -> str:
    """The address of the service."""
    given: str | None = request.app.state.settings.public_url
    return (given or str(request.base_url)).rstrip("/")


@post("/court/calendar", include_in_schema=False)
async def change_calendar(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Renew an address, which is then shown once, or give it up."""
    actor = require_staff(visitor)
    form = await read_form(request)
    scope = form.choice("scope", Scope)
    if scope is None:
        return see_other(request, "/court/calendar")
    if form.value("act") == "revoke":
        async with database.begin(actor) as work:
            await revoke_feed(work, scope)
        return see_other(request, "/court/calendar", said=msg("该日历地址已经停用。"))
    async with database.begin(actor) as work:
        token = await renew_feed(work, scope)
    return await _show(request, database, visitor, fresh=(scope, token))


@post("/court/calendar/team", include_in_schema=False)
async def change_team_calendar(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Renew the address of a team, which is then shown once, or give it up."""
    actor = require_staff(visitor)
    form = await read_form(request)
    team_id = form.identifier("team")
    if team_id is None:
        raise NotFound(msg("没有找到该处置团队。"))
    if form.value("act") == "revoke":
        async with database.begin(actor) as work:
            await revoke_team_calendar(work, team_id)
        return see_other(request, "/court/calendar", said=msg("该日历地址已经停用。"))
    async with database.begin(actor) as work:
        token = await renew_team_calendar(work, team_id)
    return await _show(request, database, visitor, fresh=(team_id, token))


@get("/calendar.ics", include_in_schema=False)
async def calendar_file(
    request: AnyRequest,
    database: Database,
    token: Annotated[str, Parameter(max_length=100)] = "",
) -> Response[bytes]:
    """The file for a calendar program, which has nothing but the address. The token is in the query: no log keeps it."""
    async with database.read() as work:
        file = await read_feed(work, token, address=_base(request))
    return Response(
        file,
        media_type="text/calendar; charset=utf-8",
        headers={
            "content-disposition": 'inline; filename="deadlines.ics"',
            "cache-control": "private, max-age=600",
        },
    )


route_handlers = [calendar_page, change_calendar, change_team_calendar, calendar_file]

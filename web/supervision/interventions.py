"""The record of interventions: each order on a red flag, the answer, the figure before, after, by month (K-21, T-20)."""

from typing import Any

from litestar import Response, get

from auction.indicators.definitions import BY_CODE
from auction.indicators.interventions import STANDING_LABELS, Intervention, Standing, interventions
from core.database import Database
from core.identity import Role
from disposal_teams.courts.queries import court_names
from web.access.guards import require_role, require_staff
from web.access.visitor import AnyRequest, Visitor
from web.rendering import page
from web.supervision import indicator_views as views
from web.supervision.indicators import words

STANDING_TAGS = {Standing.RUNNING: "info", Standing.MISSED: "bad", Standing.DONE: "good"}


@get("/supervision/interventions", include_in_schema=False)
async def all_interventions(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Every intervention in the city."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    async with database.read(actor) as work:
        found = await interventions(work)
        names = await court_names(work)
    return _page(request, found, names, above=True)


@get("/court/interventions", include_in_schema=False)
async def own_interventions(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Those at the own court."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        found = await interventions(work, court_code=actor.court_code or "")
        names = await court_names(work)
    return _page(request, found, names, above=False)


def _page(
    request: AnyRequest, found: list[Intervention], names: dict[str, str], *, above: bool
) -> Response[Any]:
    return page(
        request,
        "indicators/interventions.html",
        found=[(each, [(month, _shown(each, figure)) for month, figure in each.course]) for each in found],
        courts=names,
        by_code=BY_CODE,
        above=above,
        standing_labels=STANDING_LABELS,
        standing_tags=STANDING_TAGS,
        better=sum(each.effect == 1 for each in found),
        measured=sum(each.effect is not None for each in found),
        running=sum(each.standing is not Standing.DONE for each in found),
        before_after=_before_after,
        **words(),
    )


def _shown(each: Intervention, figure: Any) -> str:
    return views.plain_value(BY_CODE[each.flag.indicator], figure)


def _before_after(each: Intervention) -> tuple[str, str | None]:
    before, after = each.figures
    return _shown(each, before), None if after is None else _shown(each, after)


route_handlers = [all_interventions, own_interventions]

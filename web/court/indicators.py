"""A court's own figures, the rows behind them, its red flags, and the ranking as published (K-01…K-29, P-03)."""

from typing import Any
from uuid import UUID

from litestar import Response, get

from auction.indicators.definitions import BY_CODE
from auction.indicators.figures import (
    corrections,
    figures_of_court,
    figures_of_teams,
    frozen_months,
    published_ranking,
)
from auction.indicators.flags import flags
from auction.indicators.rules import read_period
from core.database import Database
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor
from disposal_teams.courts.queries import court_names, court_of, teams_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form
from web.rendering import page
from web.supervision import indicator_views as views
from web.supervision.indicators import show_rows, words
from web.supervision.red_flags import show_flag


def _own_court(actor: Actor) -> str:
    if actor.court_code is None:
        raise NotFound(msg("没有这家法院的指标。"))
    return actor.court_code


@get("/court/indicators", include_in_schema=False)
async def own_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Every indicator of the own court, its teams, flags and corrections; the published ranking."""
    actor = require_staff(visitor)
    code = _own_court(actor)
    form = query_form(request)
    async with database.read(actor) as work:
        court = await court_of(work, code)
        period = views.asked_period(form, work)
        figures = await figures_of_court(work, code, period)
        by_team = await figures_of_teams(work, code, period)
        teams = [(team.name, views.lines(by_team.get(team.id, {}))) for team in await teams_of(work, code)]
        months = list(await frozen_months(work))[:13]
        wanted = read_period(form.value("ranking")).first if form.value("ranking") else None
        month = wanted or (months[0] if months else None)
        published = await published_ranking(work, month) if month else None
        found = await corrections(work, court_code=code, limit=20)
        own_flags = await flags(work, court_code=code, limit=20)
        names = await court_names(work)
        options = views.period_options(work)
    return page(
        request, "indicators/own.html", form=form, court=court, period=period, lines=views.lines(figures), teams=teams,
        months=months, published=published, corrections=found, flags=own_flags, courts=names, options=options,
        by_code=BY_CODE, **words(),
    )  # fmt: skip


@get("/court/indicators/{code:str}/rows", include_in_schema=False)
async def own_rows(request: AnyRequest, database: Database, visitor: Visitor, code: str) -> Response[Any]:
    """The rows behind one of the own figures."""
    actor = require_staff(visitor)
    return await show_rows(request, database, actor, code, _own_court(actor), above=False)


@get("/court/red-flags/{flag_id:uuid}", include_in_schema=False)
async def own_flag(request: AnyRequest, database: Database, visitor: Visitor, flag_id: UUID) -> Response[Any]:
    """One of the own court's flags with what was ordered on it."""
    return await show_flag(request, database, require_staff(visitor), flag_id, Form.blank(), above=False)


route_handlers = [own_page, own_rows, own_flag]

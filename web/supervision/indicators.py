"""The ten courts by figures: ranking, a court, an indicator, the rows behind a figure, and the figures as a file (K-01…K-29)."""

from typing import Any

from litestar import Response, get

from auction.indicators.definitions import INDICATORS
from auction.indicators.export import FILES, figure_table, in_format
from auction.indicators.figures import (
    basic_courts,
    corrections,
    course_of,
    figures_of,
    figures_of_court,
    figures_of_teams,
    frozen_months,
    ranked,
)
from auction.indicators.flags import flags
from auction.indicators.models import FlagState
from auction.indicators.rows import rows_of
from auction.indicators.rules import Figure, value
from core.database import Database
from core.errors import NotFound
from core.i18n import msg
from core.identity import Role
from disposal_teams.courts.queries import court_names, court_of, teams_of
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import query_form
from web.papers import download
from web.rendering import page
from web.supervision import indicator_views as views

BASE = "/supervision/indicators"


@get(BASE, include_in_schema=False)
async def ranking_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The ranking of a period, and the way to each indicator."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = query_form(request)
    async with database.read(actor) as work:
        period = views.asked_period(form, work)
        table = await ranked(work, period)
        names = await court_names(work)
        open_flags = sum(each.state != FlagState.CLEARED for each in await flags(work))
        options = views.period_options(work)
    city: dict[str, Figure] = {}
    for own in table.figures.values():
        for code, figure in own.items():
            city[code] = city[code].plus(figure) if code in city else figure
    return page(
        request, "indicators/ranking.html", form=form, table=table, period=period, courts=names, options=options,
        lines=views.lines(city), open_flags=open_flags, files=FILES, better_labels=views.BETTER_LABELS,
        runs={court: figures["K-01"].numerator for court, figures in table.figures.items() if "K-01" in figures},
    )  # fmt: skip


@get(BASE + "/courts/{court_code:str}", include_in_schema=False)
async def court_page(
    request: AnyRequest, database: Database, visitor: Visitor, court_code: str
) -> Response[Any]:
    """One court: every indicator, its teams, its place."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = query_form(request)
    async with database.read(actor) as work:
        court = await court_of(work, court_code)
        period = views.asked_period(form, work)
        table = await ranked(work, period)
        placed = next((each for each in table.placed if each.court_code == court_code), None)
        if placed is None:
            raise NotFound(msg("该法院不参加排名。"))
        figures = await figures_of_court(work, court_code, period)
        by_team = await figures_of_teams(work, court_code, period)
        teams = [(team, by_team.get(team.id, {})) for team in await teams_of(work, court_code)]
        found = await corrections(work, court_code=court_code, limit=20)
        own_flags = await flags(work, court_code=court_code, limit=20)
        options = views.period_options(work)
    return page(
        request, "indicators/court.html", form=form, court=court, period=period, placed=placed, table=table,
        lines=views.lines(figures), options=options, teams=[(team.name, views.lines(own)) for team, own in teams],
        corrections=found, flags=own_flags, above=True, by_code={each.code: each for each in INDICATORS},
        points={each.code: each for each in placed.points}, **words(),
    )  # fmt: skip


@get(BASE + "/{code:str}", include_in_schema=False)
async def indicator_page(
    request: AnyRequest, database: Database, visitor: Visitor, code: str
) -> Response[Any]:
    """One indicator: what it counts, the ten courts, the course of a year of the court asked for."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    indicator = views.indicator_of(code)
    form = query_form(request)
    async with database.read(actor) as work:
        period = views.asked_period(form, work)
        names = await court_names(work)
        courts = await basic_courts(work)
        figures = await figures_of(work, period)
        chosen = form.value("court") if form.value("court") in courts else courts[0] if courts else ""
        course = views.course(indicator, await course_of(work, code, chosen, views.last_year(work)))
        options = views.period_options(work)
    rows = [(court, figures.get(court, {}).get(code, Figure())) for court in courts]
    heights = {court: value(indicator, figure) for court, figure in rows}
    return page(
        request, "indicators/indicator.html", form=form, indicator=indicator, period=period, courts=names,
        options=options, rows=[(court, views.line(indicator, figure)) for court, figure in rows],
        heights={court: float(height) for court, height in heights.items() if height is not None},
        chosen=chosen, course=course, court_options=[(court, names[court]) for court in courts],
        unit=msg(views.UNIT_LABELS[indicator.unit]), **words(),
    )  # fmt: skip


@get(BASE + "/{code:str}/rows/{court_code:str}", include_in_schema=False)
async def rows_page(
    request: AnyRequest, database: Database, visitor: Visitor, code: str, court_code: str
) -> Response[Any]:
    """The rows behind a court's figure of one month."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    return await show_rows(request, database, actor, code, court_code, above=True)


async def show_rows(
    request: AnyRequest, database: Database, actor: Any, code: str, court_code: str, *, above: bool
) -> Response[Any]:
    """The page of the rows, for the court above and for the court itself."""
    indicator = views.indicator_of(code)
    form = query_form(request)
    after = form.integer("after", least=1, most=2**62, required=False) if form.value("after") else None
    async with database.read(actor) as work:
        court = await court_of(work, court_code)
        month = views.asked_month(form, work)
        is_frozen = month in await frozen_months(work)
        wants_now = form.value("as") == "now"
        rows, next_after = await rows_of(
            work, code, court_code, month, is_published=is_frozen and not wants_now, after=after
        )
        found = await corrections(work, court_code=court_code, month=month, code=code)
    return page(
        request, "indicators/rows.html", indicator=indicator, court=court, month=month, is_frozen=is_frozen,
        wants_now=wants_now, next_after=next_after, above=above,
        rows=[
            (row, views.leads_to(row, above=above), views.parts_shown(indicator, row.numerator),
             views.parts_shown(indicator, row.denominator))
            for row in rows
        ],
        corrections=found, by_code={each.code: each for each in INDICATORS}, **words(),
    )  # fmt: skip


@get("/supervision/indicator-files/{kind:str}", include_in_schema=False)
async def figures_file(request: AnyRequest, database: Database, visitor: Visitor, kind: str) -> Response[Any]:
    """The figures of a period as CSV, XLSX or Parquet."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    if kind not in FILES:
        raise NotFound(msg("没有这种格式的文件。"))
    async with database.read(actor) as work:
        period = views.asked_period(query_form(request), work)
        table = figure_table(
            period, await figures_of(work, period), await court_names(work), await basic_courts(work)
        )
    return download(in_format(table, kind), name=f"indicators-{period.name}.{kind}", media_type=FILES[kind])


def words() -> dict[str, Any]:
    """The tables of words that the templates use."""
    return {
        "better_labels": views.BETTER_LABELS,
        "unit_labels": views.UNIT_LABELS,
        "flag_labels": views.FLAG_LABELS,
        "flag_kinds": views.FLAG_KINDS,
        "changed_rows": views.changed_rows,
        "parts_shown": views.parts_shown,
    }


route_handlers = [ranking_page, court_page, indicator_page, rows_page, figures_file]

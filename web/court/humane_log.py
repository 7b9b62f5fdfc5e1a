"""The log of humane measures: a court's own, and the counts of every court for the court above."""

from datetime import datetime
from typing import Any

from litestar import Response, get

from auction.humane_log.queries import (
    MEASURE_LABELS,
    OUTCOME_LABELS,
    SHORT_LABELS,
    counts_of_courts,
    log_of_court,
)
from core.clock import COURT_ZONE
from core.database import Database
from core.identity import Role
from disposal_teams.courts.queries import all_courts, court_of
from web.access.guards import require_role, require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import query_form
from web.rendering import page

OUTCOME_TAGS = {"going": "info", "good": "good", "broken": "bad"}


def _year(request: AnyRequest, now: datetime) -> tuple[int, datetime, datetime]:
    """The year that is looked at, with its first moment and the one after its last."""
    this = now.astimezone(COURT_ZONE).year
    wanted = query_form(request).value("year")
    year = int(wanted) if wanted.isascii() and wanted.isdigit() and 2000 <= int(wanted) <= this else this
    return year, datetime(year, 1, 1, tzinfo=COURT_ZONE), datetime(year + 1, 1, 1, tzinfo=COURT_ZONE)


@get("/court/humane", include_in_schema=False)
async def own_log(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The own court's log of a year; the court above may name another court."""
    actor = require_staff(visitor)
    code = actor.court_code or ""
    if actor.has(Role.INTERMEDIATE_COURT):
        code = query_form(request).value("court")[:10] or code
    async with database.read(actor) as work:
        year, since, until = _year(request, work.now)
        court = await court_of(work, code)
        entries = await log_of_court(work, court.code, since=since, until=until)
    return page(
        request,
        "forbearance/log.html",
        court=court,
        year=year,
        entries=entries,
        measure_labels=MEASURE_LABELS,
        outcome_labels=OUTCOME_LABELS,
        outcome_tags=OUTCOME_TAGS,
        is_above=actor.has(Role.INTERMEDIATE_COURT),
    )


@get("/supervision/humane", include_in_schema=False)
async def counts(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The counts of every court in a year."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    async with database.read(actor) as work:
        year, since, until = _year(request, work.now)
        courts = {court.code: court for court in await all_courts(work)}
        found = await counts_of_courts(work, list(courts), since=since, until=until)
        newest = work.now.astimezone(COURT_ZONE).year
    return page(
        request,
        "forbearance/counts.html",
        year=year,
        newest=newest,
        courts=courts,
        rows=sorted(found, key=lambda each: (-each.total, each.court_code)),
        measure_labels=SHORT_LABELS,
        outcome_labels=OUTCOME_LABELS,
    )


route_handlers = [own_log, counts]

"""The table of statutory deadlines (rulebook §12.1) in words, for everybody in court."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from core.calendar import SOURCE, official_calendar
from core.database import Database
from core.deadlines.catalogue import STATUTORY, UNNUMBERED
from core.deadlines.recount import last_count
from core.deadlines.row import COUNTING_LABELS, OWNER_LABELS, STOP_LABELS, USUAL, Statutory
from core.i18n import Message, msg
from core.legal_settings import Described, describe, legal
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.rendering import page


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the page shows it."""

    row: Statutory
    counting: str
    owner: str
    stops: tuple[str, ...]
    alarms: tuple[Message, ...]
    settings: tuple[Described, ...]


def line_of(row: Statutory) -> Line:
    """The row in words."""
    return Line(
        row,
        COUNTING_LABELS[row.counting],
        OWNER_LABELS[row.owner],
        tuple(STOP_LABELS[stop] for stop in row.stops),
        _alarms(row),
        tuple(each for each in describe() if each.name in row.settings),
    )


def _alarms(row: Statutory) -> tuple[Message, ...]:
    alarms = row.alarms
    if alarms.words:
        return (msg(alarms.words),)
    before = legal().deadline_alarm_days if alarms.before is USUAL else alarms.before
    said: list[Message] = []
    if alarms.after:
        said.append(msg("第 {days} 日，末次同时告知局长", days="、".join(map(str, alarms.after))))
    if before:
        said.append(msg("届满前 {days} 日，末次同时告知局长", days="、".join(map(str, before))))
    return tuple(said)


@get("/court/deadlines", include_in_schema=False)
async def deadline_rules(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Every row of §12.1, and the clocks that it does not number."""
    async with database.read(require_staff(visitor)) as work:
        count = await last_count(work)
    return page(
        request,
        "due/rules.html",
        statutory=[line_of(row) for row in STATUTORY.values()],
        calendar=official_calendar(),
        calendar_source=SOURCE,
        count=count,
        others=[line_of(row) for row in UNNUMBERED.values()],
    )


route_handlers = [deadline_rules]

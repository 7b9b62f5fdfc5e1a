"""The intermediate court's view of the city: every court's load, clocks that ran out, transfers to decide."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.due.places import places_of
from auction.service_faults.queries import newest_faults
from auction.transparency.queries import log_health
from core.database import Database
from core.deadlines.queries import breaches_by_court, due_deadlines, missing_years
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import msg
from core.identity import Role
from disposal_teams.assets.models import AssetState
from disposal_teams.assets.queries import counts_of_all_courts
from disposal_teams.assets.rules import PREPARATION_STATES, SOLD_STATES
from disposal_teams.courts.queries import all_courts
from disposal_teams.transfers.decide import decide_transfer
from disposal_teams.transfers.models import TransferDecision
from disposal_teams.transfers.queries import open_between_all, open_counts_by_first_court
from disposal_teams.transfers.request import request_of
from disposal_teams.transfers.rules import STATE_LABELS
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.court.transfers import transfer_view
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.supervision.orders import panel_named
from web.team.labels import deadline_title

SHOWN = 30


@get("/supervision", include_in_schema=False)
async def supervision_home(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """All eleven courts on one page."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    async with database.read(actor) as work:
        courts = await all_courts(work)
        counts = await counts_of_all_courts(work)
        breaches = await breaches_by_court(work)
        asked = await open_counts_by_first_court(work)
        transfers = await open_between_all(work)
        overdue = [each for each in await due_deadlines(work, limit=200) if each.due_at <= work.now][:SHOWN]
        places = await places_of(work, overdue)
        missing = await missing_years(work)
        faults = await newest_faults(work)
        open_faults = (await log_health(work)).open_faults
        now = work.now
    return page(
        request,
        "supervision/home.html",
        faults_running=sum(line.fault.over_at is None for line in faults),
        rows=[
            {
                "court": court,
                "total": sum(counts.get(court.code, {}).values()),
                "preparing": _sum(counts.get(court.code, {}), PREPARATION_STATES),
                "listed": _sum(counts.get(court.code, {}), frozenset({AssetState.LISTED})),
                "sold": _sum(counts.get(court.code, {}), SOLD_STATES | {AssetState.CLOSED}),
                "breaches": breaches.get(court.code, 0),
                "asked": asked.get(court.code, 0),
            }
            for court in courts
        ],
        courts={court.code: court.short_name for court in courts},
        to_decide=[row for row in transfers if row.request.state == "coordinating"],
        others=[row for row in transfers if row.request.state != "coordinating"],
        overdue=[(each, deadline_title(each.rule), places[each.id]) for each in overdue],
        overdue_total=sum(breaches.values()),
        open_faults=open_faults,
        missing_years=missing,
        total=sum(sum(each.values()) for each in counts.values()),
        transfer_labels=STATE_LABELS,
        now=now,
    )


def _sum(counts: dict[AssetState, int], states: frozenset[AssetState]) -> int:
    return sum(number for state, number in counts.items() if state in states)


@get("/supervision/transfers/{transfer_id:uuid}", include_in_schema=False)
async def transfer_to_decide(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """One request with the factors of T-06 and, when it is up for it, the form of the decision."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    async with database.begin(actor) as work:
        return await transfer_view(request, work, await request_of(work, transfer_id), Form.blank())


@post("/supervision/transfers/{transfer_id:uuid}/decide", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """Decide."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    decision = form.choice("decision", TransferDecision)
    due_on = form.day("due_on")
    reason = form.text("reason", longest=1000, lines=True)
    panel = panel_named(form)
    try:
        if decision is None or form.is_bad:
            raise InvalidInput(msg("请按提示补全决定内容。"), fields=form.errors)
        async with database.begin(actor) as work:
            transfer = await request_of(work, transfer_id)
            await decide_transfer(
                work, transfer, decision=decision, reason=reason, due_on=due_on, panel=panel
            )
        return see_other(request, f"/supervision/transfers/{transfer_id}", said=msg("决定书已签发并送达。"))
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    async with database.begin(actor) as work:
        return await transfer_view(request, work, await request_of(work, transfer_id), form)


route_handlers = [supervision_home, transfer_to_decide, decide]

"""The disposal team's desk: what is due, where the assets stand, the work list."""

from datetime import timedelta
from typing import Any

from litestar import Response, get

from auction.due.places import places_of
from core.database import Database
from core.deadlines.queries import due_deadlines
from core.identity import Permission, may
from disposal_teams.assets.labels import KIND_LABELS, STATE_LABELS
from disposal_teams.assets.queries import counts_by_state, expiring_seals, work_list
from disposal_teams.courts.queries import court_of
from disposal_teams.transfers.queries import inbox
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.rendering import page
from web.team.labels import TAG_OF_STATE, deadline_title

SOON = timedelta(days=14)
SHOWN = 12


@get("/team", include_in_schema=False)
async def team_home(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What the team must do next."""
    actor = require_staff(visitor)
    court_code = actor.court_code or ""
    async with database.read(actor) as work:
        court = await court_of(work, court_code)
        counts = await counts_by_state(work, court_code)
        due = await due_deadlines(work, court_code=court_code, within=SOON, limit=SHOWN)
        places = await places_of(work, due)
        seals = await expiring_seals(work, court_code, limit=SHOWN)
        newest = await work_list(work, court_code=court_code, limit=SHOWN)
        asked = await inbox(work, court_code)
        now = work.now
    return page(
        request,
        "team/home.html",
        court=court,
        counts=[
            (state, label, counts.get(state, 0)) for state, label in STATE_LABELS.items() if counts.get(state)
        ],
        total=sum(counts.values()),
        overdue=sum(1 for each in due if each.due_at <= now),
        due=[(each, deadline_title(each.rule), places[each.id]) for each in due],
        seals=seals,
        newest=newest.assets,
        asked=asked,
        state_labels=STATE_LABELS,
        kind_labels=KIND_LABELS,
        state_tags=TAG_OF_STATE,
        may_register=may(actor, Permission.REGISTER_ASSET, court_code=court_code),
        now=now,
        server_time=now,
    )


route_handlers = [team_home]

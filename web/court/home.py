"""The court's desk: transfer requests in and out with their clocks, idle assets worth asking for, own assets."""

from typing import Any

from litestar import Response, get

from core.database import Database
from core.legal_settings import legal
from disposal_teams.assets.labels import KIND_LABELS, STATE_LABELS
from disposal_teams.assets.queries import counts_by_state, idle_assets_waited_for, work_list
from disposal_teams.courts.queries import court_names, court_of
from disposal_teams.transfers.queries import inbox, outbox
from disposal_teams.transfers.rules import STATE_LABELS as TRANSFER_STATE_LABELS
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.rendering import page
from web.team.labels import TAG_OF_STATE

SHOWN = 12


@get("/court", include_in_schema=False)
async def court_home(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What other courts ask, what we asked, and where a request is due (L-28, L-29)."""
    actor = require_staff(visitor)
    court_code = actor.court_code or ""
    async with database.read(actor) as work:
        received = await inbox(work, court_code, only_open=False)
        sent = await outbox(work, court_code)
        counts = await counts_by_state(work, court_code)
        idle = await idle_assets_waited_for(work, court_code, idle_days=legal().transfer_idle_days)
        newest = await work_list(work, court_code=court_code, limit=SHOWN)
        court = await court_of(work, court_code)
        names = await court_names(work)
        now = work.now
    open_received = [row for row in received if row.due_at is not None]
    return page(
        request,
        "court/home.html",
        court=court,
        courts=names,
        received=received,
        sent=sent,
        to_answer=len(open_received),
        overdue=sum(1 for row in open_received if row.is_overdue),
        idle=idle,
        newest=newest.assets,
        total=sum(counts.values()),
        counts=[(state, label, counts[state]) for state, label in STATE_LABELS.items() if counts.get(state)],
        transfer_labels=TRANSFER_STATE_LABELS,
        kind_labels=KIND_LABELS,
        state_labels=STATE_LABELS,
        state_tags=TAG_OF_STATE,
        now=now,
    )


route_handlers = [court_home]

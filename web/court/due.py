"""What is due: mine, my team's, my court's; overdue, today, this week, later; by clock."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from auction.due.list_due import Position, due_counts, due_page
from auction.due.models import Scope
from auction.due.rules import BUCKET_LABELS, Bucket
from core.database import Database
from core.deadlines.catalogue import CLOCKS
from core.deadlines.row import OWNER_LABELS
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form
from web.rendering import page
from web.team.labels import deadline_title, shown

ROWS = 50
SCOPE_LABELS: dict[Scope, str] = {
    Scope.MINE: "分派给我的",
    Scope.TEAM: "本团队",
    Scope.COURT: "本院",
}
BUCKET_TAGS = {Bucket.OVERDUE: "bad", Bucket.TODAY: "warn", Bucket.WEEK: "info", Bucket.PAUSED: "warn"}


@get("/court/due", include_in_schema=False)
async def due_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The list, a page at a time."""
    actor = require_staff(visitor)
    query = query_form(request)
    scope = query.choice("scope", Scope, required=False) or Scope.COURT
    bucket = query.choice("when", Bucket, required=False)
    clock = query.value("clock") if query.value("clock") in CLOCKS else None
    async with database.read(actor) as work:
        counts = await due_counts(work, scope)
        found = await due_page(work, scope, bucket=bucket, clock=clock, after=_position(query), limit=ROWS)
        now = work.now
    kept = (
        {"scope": str(scope)}
        | ({"when": str(bucket)} if bucket else {})
        | ({"clock": clock} if clock else {})
    )
    following = None
    if found.after is not None:
        following = {**kept, "due": found.after.due_at.isoformat(), "after": str(found.after.id)}
    return page(
        request,
        "due/list.html",
        form=query,
        rows=[(row.clock, deadline_title(row.clock.rule), row.place) for row in found.rows],
        effects={
            row.clock.rule: CLOCKS[row.clock.rule].effect for row in found.rows if row.clock.rule in CLOCKS
        },
        owner_labels=OWNER_LABELS,
        scope=scope,
        scopes=SCOPE_LABELS,
        bucket=bucket,
        counts=[
            (each, BUCKET_LABELS[each], counts.by_bucket[each], BUCKET_TAGS.get(each, "")) for each in Bucket
        ],
        clocks=shown(request, [(each, deadline_title(each)) for each in counts.by_clock]),
        total=sum(counts.by_bucket.values()),
        next_href="/court/due?" + urlencode(following) if following else None,
        first_href="/court/due?" + urlencode(kept) if query.value("after") else None,
        now=now,
        server_time=now,
    )


def _position(query: Form) -> Position | None:
    after = query.identifier("after") if query.value("after") else None
    try:
        due = datetime.fromisoformat(query.value("due"))
    except ValueError:
        return None
    return Position(due, after) if after is not None and due.tzinfo is not None else None


route_handlers = [due_list]

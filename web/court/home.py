"""The court's desk: transfer requests in and out with their clocks, idle assets worth asking for, own assets."""

from typing import Any

from litestar import Response, get

from auction.agents.papers import waiting_appointments
from auction.barred.hits import hits_of_court
from auction.barred.models import HitState
from auction.delivery.queries import notices_to_sign
from auction.payments.suspended import open_returns
from auction.priority.papers import waiting_claims
from auction.registration.real_name import identities_to_confirm
from core.database import Database, Work
from core.i18n import Message, msg
from core.identity import Permission, may
from disposal_teams.assets.labels import KIND_LABELS, STATE_LABELS
from disposal_teams.assets.queries import counts_by_state, work_list
from disposal_teams.courts.queries import court_names, court_of
from disposal_teams.instructions.models import WITH_RECEIVER
from disposal_teams.instructions.queries import Box, box_counts
from disposal_teams.transfers.propose import proposals_for
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
        post = await box_counts(work, court_code, Box.IN)
        idle = await proposals_for(work, court_code)
        newest = await work_list(work, court_code=court_code, limit=SHOWN)
        court = await court_of(work, court_code)
        names = await court_names(work)
        desks = await _desks(work)
        now = work.now
    open_received = [row for row in received if row.due_at is not None]
    return page(
        request,
        "court/home.html",
        court=court,
        courts=names,
        desks=desks,
        received=received,
        sent=sent,
        instructions=sum(post.by_state[state] for state in WITH_RECEIVER),
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
        may_ask=may(actor, Permission.REQUEST_TRANSFER, court_code=court_code),
        now=now,
    )


async def _desks(work: Work) -> list[tuple[int | None, Message, str, str]]:
    """The desks that this person may work at: what waits there (None: nothing is counted), its name, address and colour."""
    actor, code = work.actor, work.actor.court_code or ""
    desks: list[tuple[int | None, Message, str, str]] = []
    if may(actor, Permission.CONFIRM_BIDDER, court_code=code):
        waiting = len(await waiting_appointments(work, code))
        desks.append((waiting, msg("待确认代理手续"), "/court/agents", "warn" if waiting else "good"))
        people = len(await identities_to_confirm(work))
        desks.append((people, msg("待确认实名"), "/team/identities", "warn" if people else "good"))
    if may(actor, Permission.CONFIRM_PRIORITY, court_code=code):
        waiting = len(await waiting_claims(work, code))
        desks.append((waiting, msg("待审查优先购买权"), "/court/priority", "warn" if waiting else "good"))
    if may(actor, Permission.RELEASE_MONEY, court_code=code) and actor.court_code:
        waiting = len(await open_returns(work, code))
        desks.append((waiting, msg("待批准退回款项"), "/finance/returns", "warn" if waiting else "good"))
    if may(actor, Permission.SIGN_EVICTION, court_code=code):
        waiting = len(await notices_to_sign(work, code))
        desks.append((waiting, msg("待签发腾退公告"), "/court/evictions", "warn" if waiting else "good"))
    if may(actor, Permission.SEE_SIGNALS, court_code=code):
        waiting = sum(each.hit.state == HitState.OPEN for each in await hits_of_court(work))
        desks.append((waiting, msg("禁止竞买命中"), "/court/barred-hits", "bad" if waiting else "good"))
    if may(actor, Permission.LIST_BARRED, court_code=code):
        desks.append((None, msg("禁止竞买名单"), "/court/barred", ""))
    desks.append((None, msg("回避申报"), "/court/declarations", ""))
    desks.append((None, msg("悔拍名单"), "/court/defaults", ""))
    return desks


route_handlers = [court_home]

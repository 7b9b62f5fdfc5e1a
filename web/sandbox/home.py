"""The control page of a sandbox's clock: how it goes, what comes next, what the robots did, how the lots stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from sqlalchemy import text
from sqlmodel import col, select

from auction.listing.models import Lot, LotState, Round
from auction.listing.rules import ROUND_LABELS, STATE_LABELS
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import Message, msg
from core.legal_settings import legal
from core.notices.notify import from_json
from core.sandbox import control
from core.sandbox.models import SandboxAct
from disposal_teams.assets.models import Asset
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.rendering import page, see_other
from web.sandbox.face import ClockFace
from web.sandbox_city.robots import SAYS
from web.sandbox_city.script import Deed, Seat, acts_of_people, open_acts
from web.sandbox_city.standing import standings

PATH = "/sandbox"
NEWEST = 15
NEXT = 6

WAITS: dict[str, Message] = {
    "message": msg("后台任务"),
    "deadline": msg("法定期限届满"),
    "lot_start": msg("标的开拍"),
    "lot_end": msg("标的竞价结束"),
    "lot_resumption": msg("标的恢复竞价"),
    "stay_end": msg("暂缓期限届满"),
    "service": msg("出价服务恢复"),
    "daily": msg("每日任务"),
    "sweeps": msg("到期事项检查"),
    "robots": msg("机器人办理事项"),
}
"""What the clock waits for, and what comes next."""

SEATS: dict[str, Message] = {
    Seat.TEAM: msg("处置团队"),
    Seat.PANEL: msg("合议庭"),
    Seat.OFFICER: msg("承办法官"),
}
"""Posts that people may take from the robots. The name of a post is its login."""

WHERE: dict[Deed, str] = {
    Deed.DECIDE: "/team/assets/{asset_no}/listing",
    Deed.DRAFT: "/team/assets/{asset_no}/listing",
    Deed.SURVEY: "/team/assets/{asset_no}/survey",
    Deed.PREPARE: "/team/lots/{lot_no}",
    Deed.RECEIPTS: "/team/lots/{lot_no}",
    Deed.PUBLISH: "/team/lots/{lot_no}",
    Deed.GO_ON: "/team/lots/{lot_no}",
    Deed.DEFAULT: "/team/settlements/{lot_no}",
    Deed.RULE: "/team/settlements/{lot_no}",
    Deed.SERVE: "/team/settlements/{lot_no}",
    Deed.REGISTRY: "/team/settlements/{lot_no}",
    Deed.DELIVER: "/team/settlements/{lot_no}/delivery",
    Deed.ACCEPT: "/team/lots/{lot_no}/in-kind",
    Deed.RULE_IN_KIND: "/team/lots/{lot_no}/in-kind",
    Deed.SERVE_IN_KIND: "/team/lots/{lot_no}/in-kind",
    Deed.REGISTRY_IN_KIND: "/team/lots/{lot_no}/in-kind",
    Deed.DELIVER_IN_KIND: "/team/lots/{lot_no}/in-kind",
}
"""On which page people do what the script leaves to them."""

STATE_TAGS: dict[LotState, str] = {
    LotState.PUBLISHED: "info",
    LotState.BIDDING: "live",
    LotState.SELLOFF_OPEN: "live",
    LotState.SELLOFF_BIDDING: "live",
    LotState.PAUSED: "warn",
    LotState.SOLD: "good",
    LotState.FAILED: "warn",
    LotState.SELLOFF_FAILED: "bad",
    LotState.DEFAULTED: "bad",
}

SPEEDS: tuple[tuple[float, Message], ...] = (
    (1.0, msg("实时 1×")),
    (60.0, msg("一分钟一小时 60×")),
    (1440.0, msg("一分钟一天 1440×")),
    (control.FASTEST, msg("一秒钟一天 86400×")),
)


@dataclass(frozen=True, slots=True)
class Done:
    """A line of the timeline."""

    at: datetime
    says: Message
    who: str
    lot_no: str | None
    is_public: bool
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that is due next; `title` where there is no lot yet."""

    at: datetime
    says: Message
    lot_no: str | None
    is_public: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What the sandbox waits for from a person: on which page, and of which post. `is_ripe`: robots would have done it."""

    says: Message
    title: str
    seat: str
    path: str
    at: datetime
    is_ripe: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """A lot of the sandbox as it stands; `moment` is its start or end."""

    lot_no: str
    title: str
    round: str
    rerun: int
    state: str
    moment: datetime | None
    is_public: bool


def _face(request: AnyRequest) -> ClockFace:
    if request.app.state.sandbox is None:
        raise NotFound(control.NO_SANDBOX, rule="B-47")
    face: ClockFace = request.app.state.sandbox.face
    return face


@get(PATH, include_in_schema=False)
async def control_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Open to everybody who can reach the sandbox; only who is logged in may steer."""
    face = _face(request)
    async with database.read(visitor.actor) as work:
        seats = (await control.control_of(work)).seats_of_people
        titles = await _titles(work)
        coming, tasks = await _coming(work, seats, titles), await _tasks(work, seats, titles)
        done, stages = await _newest(work), await _stages(work)
    return page(
        request,
        "sandbox/home.html",
        face=face,
        speeds=SPEEDS,
        waits=WAITS,
        seats=SEATS,
        taken=seats,
        coming=coming,
        tasks=tasks,
        done=done,
        stages=stages,
        state_labels=STATE_LABELS,
        state_tags=STATE_TAGS,
        round_labels=ROUND_LABELS,
    )


@get(f"{PATH}/clock.json", include_in_schema=False)
async def clock(request: AnyRequest) -> Response[ClockFace]:
    """The clock, for the scripts of open pages."""
    return Response(_face(request), headers={"cache-control": "no-store"})


@post(PATH, include_in_schema=False)
async def steer(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """A speed, a pause, the next event, or who plays which post."""
    _face(request)
    actor = require_login(visitor)
    form = await read_form(request)
    wish = form.choice("wish", ("speed", "pause", "next", "seats"))
    async with database.begin(actor) as work:
        if wish == "speed":
            await control.choose_speed(
                work, float(form.choice("speed", [f"{speed:g}" for speed, _ in SPEEDS]) or 1)
            )
            said = msg("时间倍速已调整。")
        elif wish == "pause":
            await control.pause_clock(work)
            said = msg("沙箱时间已暂停。")
        elif wish == "next":
            await control.skip_to_next_event(work)
            said = msg("正在快进到下一事件。")
        else:
            await control.seat_people(work, [seat for seat in form.many("seat") if seat in SEATS])
            said = msg("岗位分工已更新。")
    await request.app.state.sandbox.look()
    return see_other(request, PATH, said=said)


async def _titles(work: Work) -> dict[UUID, tuple[str, str]]:
    """Number and name of every asset of the robots."""
    assets = await work.session.execute(
        select(Asset.id, Asset.asset_no, Asset.title).where(
            col(Asset.id).in_([each.asset_id for each in await standings(work)])
        )
    )
    return {row.id: (row.asset_no, row.title) for row in assets}


async def _tasks(work: Work, seats: list[str], titles: dict[UUID, tuple[str, str]]) -> list[Task]:
    """What people who have taken a post have to do, the most urgent first."""
    found = []
    for standing in await standings(work):
        asset_no, title = titles[standing.asset_id]
        for act in acts_of_people(standing, legal(), seats):
            lot_no = standing.offer_lot_no if standing.is_to_be_taken else standing.lot_no
            path = WHERE[act.deed].format(asset_no=asset_no, lot_no=lot_no)
            found.append(Task(SAYS[act.deed], title, act.seat, path, act.at, act.at <= work.now))
    return sorted(found, key=lambda task: (task.at, task.path))


async def _coming(work: Work, seats: list[str], titles: dict[UUID, tuple[str, str]]) -> list[Coming]:
    """What comes next: acts of the robots, starts, ends and resumptions of lots."""
    found = [
        Coming(
            act.at,
            SAYS[act.deed],
            standing.lot_no,
            standing.published_at is not None,
            titles[standing.asset_id][1],
        )
        for standing in await standings(work)
        for act in open_acts(standing, legal(), seats_of_people=seats)[:2]
    ]
    rows = await work.session.execute(
        text(
            """
            SELECT lot.lot_no, CASE b.phase WHEN 'waiting' THEN 'lot_start' WHEN 'open' THEN 'lot_end' ELSE 'lot_resumption' END
                   AS what, CASE b.phase WHEN 'waiting' THEN b.starts_at WHEN 'open' THEN b.ends_at ELSE b.resumes_at END AS at
              FROM lot_bidding AS b JOIN lot ON lot.id = b.lot_id WHERE b.phase <> 'closed'
             ORDER BY at LIMIT :most
            """
        ),
        {"most": NEXT},
    )
    found += [Coming(row.at, WAITS[row.what], row.lot_no, True) for row in rows if row.at is not None]
    return sorted(found, key=lambda each: each.at)[:NEXT]


async def _newest(work: Work) -> list[Done]:
    rows = await work.session.execute(
        select(SandboxAct, col(Lot.published_at))
        .outerjoin(Lot, col(Lot.lot_no) == col(SandboxAct.lot_no))
        .order_by(col(SandboxAct.tried_at).desc(), col(SandboxAct.key))
        .limit(NEWEST)
    )
    return [
        Done(act.tried_at, from_json(act.says), act.who, act.lot_no, published_at is not None, act.refusal)
        for act, published_at in rows.all()
    ]


async def _stages(work: Work) -> list[Stage]:
    rows = await work.session.execute(
        text(
            """
            SELECT lot_no, title, round, rerun, state, published_at IS NOT NULL AS is_public,
                   CASE WHEN state IN ('draft', 'notifying', 'published') THEN starts_at
                        ELSE coalesce(ended_at, scheduled_end_at) END AS moment
              FROM (SELECT DISTINCT ON (asset_id) * FROM lot ORDER BY asset_id, created_at DESC, id DESC) AS newest
             ORDER BY created_at DESC, lot_no LIMIT 40
            """
        )
    )
    return [
        Stage(
            row.lot_no, row.title, Round(row.round), row.rerun, LotState(row.state), row.moment, row.is_public
        )
        for row in rows
    ]


route_handlers = [control_page, clock, steer]

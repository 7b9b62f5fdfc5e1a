"""The robots at work: they do what the script has open, one act after another, while the clock waits for them (B-47).

An act is done once: its row in `sandbox_act` is written in the same transaction. What the product refuses is kept with the
reason and tried again a few times, as a person would.
"""

from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from auction.bidding.place_bid import place_bid
from auction.bidding.rules import BiddingState, Procedure, next_amount
from auction.bidding.sequencer import BiddingDesk
from auction.listing.models import Lot, LotBidding
from core.database import DATABASE_AWAY, Database, Work
from core.errors import DisposalError
from core.i18n import Message, msg
from core.identity import SYSTEM, Actor
from core.identity.accounts import as_actor
from core.identity.models import Account
from core.legal_settings import legal
from core.notices.notify import as_json
from core.sandbox.control import control_of
from core.sandbox.due import SLOW_SOURCES, SOURCES, DueSource
from core.sandbox.models import SandboxAct
from core.settings import get_settings
from web.demo_city.cast import BIDDERS, TEAM_COURT, login_of
from web.sandbox_city.deeds import DEEDS
from web.sandbox_city.script import RETRY, SLOW_BEFORE_END, Act, Deed, Seat, Standing, open_acts
from web.sandbox_city.standing import standings

OF_PEOPLE = 2
"""So many bidders, the first ones, are left to people."""

BANK = "开户银行"
ROBOT = "机器人"
"""Who brings the money: the bank's line comes by the system, as in earnest."""

SAYS: dict[Deed, Message] = {
    Deed.DECIDE: msg("合议庭决定起拍价、增价幅度和保证金"),
    Deed.DRAFT: msg("团队拟制拍品"),
    Deed.SURVEY: msg("团队复查财产现状"),
    Deed.PREPARE: msg("团队确定时间并通知当事人"),
    Deed.RECEIPTS: msg("团队登记当事人签收"),
    Deed.PUBLISH: msg("团队发布拍卖公告"),
    Deed.ENTER: msg("竞买人报名并交纳保证金"),
    Deed.BID: msg("竞买人出价"),
    Deed.OUTBID: msg("竞买人跟进加价"),
    Deed.STOP: msg("承办法官中止拍卖"),
    Deed.GO_ON: msg("承办法官公告恢复拍卖"),
    Deed.PAY: msg("买受人付清尾款"),
    Deed.DEFAULT: msg("合议庭认定悔拍"),
    Deed.RULE: msg("承办法官作出成交裁定"),
    Deed.SERVE: msg("承办法官送达成交裁定"),
    Deed.REGISTRY: msg("承办法官通知登记机构"),
    Deed.DELIVER: msg("团队交付标的物"),
    Deed.ACCEPT: msg("团队登记债权人接受以物抵债"),
    Deed.RULE_IN_KIND: msg("承办法官作出抵债裁定"),
    Deed.SERVE_IN_KIND: msg("承办法官送达抵债裁定"),
    Deed.REGISTRY_IN_KIND: msg("承办法官通知登记机构办理抵债过户"),
    Deed.DELIVER_IN_KIND: msg("团队向债权人交付标的物"),
    Deed.REPLACE: msg("新的标的物进入沙箱"),
}
"""What the control page says of an act."""

log = structlog.get_logger(__name__)


class Robots:
    """All robots of one sandbox; in the process that conducts its clock."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._desk = BiddingDesk(database, get_settings().encryption_key())
        # A robot's bid takes no way: it arrives in the moment in which it is decided.
        self._desk.arrival = lambda _: datetime.max.replace(tzinfo=UTC)

    def join_in(self) -> None:
        """Let the clock wait for the robots, and go slowly where a person bids in the last minutes."""
        SOURCES["robots"] = DueSource("robots", self.next_moment, settle=self.act)
        SLOW_SOURCES["robots"] = persons_end

    def leave(self) -> None:
        """Not any more."""
        SOURCES.pop("robots", None)
        SLOW_SOURCES.pop("robots", None)

    async def next_moment(self, work: Work) -> datetime | None:
        """When the next act is due."""
        acts = await _open(work)
        return acts[0][1].at if acts else None

    async def act(self, database: Database) -> None:
        """Do every act whose moment has come, once each."""
        async with database.read(SYSTEM) as work:
            due = [each for each in await _open(work) if each[1].at <= work.now]
        for standing, act in due:
            try:
                await self._perform(standing, act)
            except DisposalError as refusal:
                await self._note_refusal(standing, act, str(refusal))
            except DATABASE_AWAY:
                raise
            except Exception as error:
                # Shown on the control page and tried again like a refusal: one robot's fault must not hold the clock for ever.
                log.exception("sandbox.act_failed", act=act.key)
                await self._note_refusal(standing, act, f"{type(error).__name__}: {error}")

    async def _perform(self, standing: Standing, act: Act) -> None:
        async with self.database.read(SYSTEM) as work:
            actor = await _actor(work, standing, act)
        if act.deed in (Deed.BID, Deed.OUTBID):
            await self._bid(standing, act, actor)
        async with self.database.begin(actor) as work:
            registration = None if act.deed not in DEEDS else await DEEDS[act.deed](work, standing)
            row = await _row(work, standing, act, actor)
            row.done_at, row.registration_id, row.refusal, row.retry_at = work.now, registration, None, None

    async def _bid(self, standing: Standing, act: Act, actor: Actor) -> None:
        """Bid one to three steps above what stands; the key is the act's, so that it is placed once (B-47)."""
        assert standing.lot_id is not None
        async with self.database.read(SYSTEM) as work:
            row = await work.session.get_one(LotBidding, standing.lot_id)
        state = BiddingState(row.starts_at, row.ends_at, row.phase, row.current_price_fen)
        lowest = next_amount(Procedure(row.starting_price_fen, row.increment_fen), state)
        more = 0 if state.price_fen is None else Random(act.key).choice((0, 0, 1, 2))  # noqa: S311
        amount = lowest + more * row.increment_fen
        key = sha256(f"{act.key}:{amount}".encode()).hexdigest()[:40]
        receipt = await place_bid(self._desk, actor, standing.lot_id, amount, key, datetime.now(UTC))
        if not receipt.accepted:
            raise DisposalError(receipt.words)

    async def _note_refusal(self, standing: Standing, act: Act, refusal: str) -> None:
        log.info("sandbox.act_refused", act=act.key, refusal=refusal)
        async with self.database.begin(SYSTEM) as work:
            row = await _row(work, standing, act, await _actor(work, standing, act))
            row.refusal, row.retry_at = refusal[:500], work.now + RETRY

    async def close(self) -> None:
        """Finish."""
        self.leave()
        await self._desk.close()


async def _open(work: Work) -> list[tuple[Standing, Act]]:
    """The next act of every asset, soonest first."""
    seats, law = (await control_of(work)).seats_of_people, legal()
    found = []
    for standing in await standings(work):
        acts = open_acts(standing, law, seats_of_people=seats)
        if acts:
            found.append((standing, acts[0]))
    return sorted(found, key=lambda each: each[1].at)


async def persons_end(work: Work) -> datetime | None:
    """From when on a lot that a person has entered is in its last minutes."""
    ends = [
        each.ends_at - SLOW_BEFORE_END
        for each in await standings(work)
        if each.person_takes_part and each.is_being_bid_for and each.ends_at is not None
    ]
    return min(ends, default=None)


async def _actor(work: Work, standing: Standing, act: Act) -> Actor:
    """Who does it: the post's own account, or one of the robots' bidders. A repetition has other bidders (B-35)."""
    if act.seat is Seat.BANK:
        return SYSTEM
    if act.seat is Seat.BIDDER:
        bidders = max(1, standing.run.bidders)
        first = 7 * standing.number + 3 * standing.rerun
        place = OF_PEOPLE + (first + act.number % bidders) % (BIDDERS - OF_PEOPLE)
        login = f"bidder{place + 1}"
    else:
        login = login_of(act.seat, TEAM_COURT)
    return as_actor((await work.session.exec(select(Account).where(Account.login == login))).one())


def _shown_as(act: Act, actor: Actor) -> str:
    """Who did it, for the control page. Of a bidder not even a robot's name is told (P-01)."""
    if act.seat is Seat.BIDDER:
        return ROBOT
    return BANK if act.seat is Seat.BANK else actor.name


async def _row(work: Work, standing: Standing, act: Act, actor: Actor) -> SandboxAct:
    """The act's row, counted as tried once more."""
    subject: UUID = standing.lot_id if act.key.startswith(str(standing.lot_id)) else standing.asset_id  # type: ignore[assignment]
    lot = await work.session.get(Lot, subject)
    await work.session.execute(
        insert(SandboxAct)
        .values(
            key=act.key,
            subject_id=subject,
            lot_no=lot and lot.lot_no,
            who=_shown_as(act, actor),
            says=as_json(SAYS[act.deed]),
            tries=0,
            tried_at=work.now,
        )
        .on_conflict_do_nothing()
    )
    row = await work.session.get_one(SandboxAct, act.key, populate_existing=True)
    row.tries += 1
    row.tried_at = work.now
    return row

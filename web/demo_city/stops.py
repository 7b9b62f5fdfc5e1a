"""What can befall a sale, once each in the demo city: one stands still, one is claimed by a third party, one was
revoked, one is still lived in."""

from datetime import timedelta
from random import Random

from sqlmodel import col, select

from auction.delivery.clear import propose_clearing, record_posting, sign_notice
from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.objections.raise_objection import raise_objection
from auction.revocation.revoke_sale import revoke_sale
from auction.settlement.models import Settlement, SettlementState
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from core.database import Work
from core.deadlines.rules import day_in_court
from core.identity import SYSTEM, Role
from core.identity.accounts import as_actor, open_account
from core.identity.models import Account
from core.outbox.run_due import run_due
from disposal_teams.courts.queries import all_courts
from disposal_teams.objections.models import Capacity, ObjectionKind
from web.demo_city.cast import MIDDLE, TEAM_COURT, login_of, person_at
from web.demo_city.history import City
from web.demo_city.people import person_name

PANEL = ("沈某", "陆某", "顾某")
FEWEST_OPEN = 5
"""So many lots must be open before one of them is stopped: a small city keeps something to bid for."""


PRESIDENTS = {MIDDLE: "president", TEAM_COURT: "court-president"}
"""Logins of presidents that are printed at the start."""


async def befall(city: City) -> None:
    """Seat the judges, then let it happen."""
    async with city.database.begin(SYSTEM) as work:
        await _seat_judges(work)
    await _stop_one(city)
    await _claim_one(city)
    await _revoke_one(city)
    await _occupy_one(city)
    await run_due(city.database)


async def _seat_judges(work: Work) -> None:
    """An objection judge and the president of every court, three judges where the newcomer looks."""
    random = Random(21)  # noqa: S311 - invented names, not a secret
    known = (await work.session.exec(select(Account.password_hash).where(Account.login == "officer"))).one()
    judge = frozenset({Role.OBJECTION_PANEL})
    seats = [("judge", court, "执行裁判", judge) for court in await all_courts(work)]
    for court in await all_courts(work):
        if court.code == TEAM_COURT:
            seats += [(post, court, "执行裁判", judge) for post in ("judge2", "judge3")]
        seats.append(("president", court, "院长", frozenset({Role.PRESIDENT})))
    for post, court, title, roles in seats:
        await open_account(
            work,
            login=PRESIDENTS.get(court.code) or login_of(post, court.code)
            if post == "president"
            else login_of(post, court.code),
            password_hash=known,
            display_name=f"{person_name(random)}（{court.short_name}{title}）",
            roles=set(roles),
            court_code=court.code,
            is_demo=True,
        )


async def _occupy_one(city: City) -> None:
    """The debtor's family still lives in a sold flat: the president has signed the notice to leave."""
    async with city.database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Lot)
            .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
            .where(
                col(Settlement.state).in_(
                    (SettlementState.RULING_SERVED, SettlementState.TRANSFER_NOTICE_SENT)
                )
            )
            .order_by(col(Lot.court_code) != TEAM_COURT, col(Lot.is_movable), col(Lot.ended_at))
        )
        lot = rows.first()
        if lot is None:
            return
        team = await person_at(work, "team", lot.court_code)
        login = PRESIDENTS.get(lot.court_code) or login_of("president", lot.court_code)
        found = await work.session.exec(select(Account).where(Account.login == login))
        president = as_actor(found.one())
        leave_by = day_in_court(work.now) + timedelta(days=9)
    async with city.database.begin(team) as work:
        await propose_clearing(
            work,
            lot.id,
            occupants="被执行人及其家人（共三人）",
            leave_by=leave_by,
            helpers="所在社区居民委员会",
        )
    async with city.database.begin(president) as work:
        await sign_notice(work, lot.id)
    async with city.database.begin(team) as work:
        await record_posting(work, lot.id, where="单元门和本户门口各张贴一份，通知书由被执行人签收")


async def _stop_one(city: City) -> None:
    """The parties of the lot that ends last have settled: its officer suspends the sale."""
    async with city.database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Lot)
            .join(LotBidding, col(LotBidding.lot_id) == col(Lot.id))
            .where(LotBidding.phase == "open", Lot.round != Round.SELL_OFF)
            .order_by(col(LotBidding.ends_at).desc())
        )
        still_open = list(rows)
        if len(still_open) < FEWEST_OPEN:
            return
        lot = still_open[0]
        officer = await person_at(work, "officer", lot.court_code)
    async with city.database.begin(officer) as work:
        await pause_lots(
            work,
            [lot.id],
            kind=StayKind.SUSPENSION,
            ground="settlement",
            reason="双方达成分期履行的和解协议，申请执行人书面申请中止。",
            approver="执行局局长",
            panel=PANEL,
            minutes="合议庭一致同意中止。",
        )


async def _claim_one(city: City) -> None:
    """Somebody says that an asset in its notice period is not the debtor's: that sale stands still by law."""
    async with city.database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Lot)
            .where(Lot.state == LotState.PUBLISHED)
            .order_by(col(Lot.court_code) != TEAM_COURT, col(Lot.starts_at).desc())
        )
        published = list(rows)
    if len(published) < 2:
        return
    lot = published[0]
    async with city.database.begin(city.bidders[-1].actor) as work:
        await raise_objection(
            work,
            lot,
            kind=ObjectionKind.THIRD_PARTY,
            capacity=Capacity.THIRD_PARTY,
            claim="停止对该标的物的拍卖。",
            reasons="该标的物在查封之前已由本人购买，付清全部价款并实际占有使用。",
            evidence="买卖合同、银行转账凭证、物业费收据。",
        )


async def _revoke_one(city: City) -> None:
    """A paid sale rested on a wrong area in the notice: the objection judges have revoked it."""
    async with city.database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Lot)
            .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
            .where(Lot.state == LotState.SOLD, Settlement.state == SettlementState.PAID_FULL)
            .order_by(col(Lot.court_code) != TEAM_COURT, col(Lot.ended_at))
        )
        sold = list(rows)
        if not sold:
            return
        lot = sold[0]
        judge = await person_at(work, "judge", lot.court_code)
        filed_on = work.now - timedelta(days=1)
    async with city.database.begin(judge) as work:
        await revoke_sale(
            work,
            lot.id,
            ground="misstatement",
            reason="公告面积与登记面积相差超过三成，足以使买受人产生重大误解。",
            basis=f"（{filed_on.year}）苏{lot.court_code}执异1号裁定",
            approver="分管院领导",
            panel=PANEL,
            minutes="合议庭一致同意撤销。",
        )

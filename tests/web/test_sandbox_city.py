"""The robots of a sandbox, and one whole procedure through real workers: notice, two failures, sell-off, payment, ruling."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random

import pypdf
import pytest
from sqlalchemy import text
from sqlmodel import col, select

from auction.in_kind.models import OfferState
from auction.in_kind.open_offer import open_offer
from auction.listing.checklist_facts import checklist_of
from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, LotState, Round
from auction.listing.next_round import prepare_next_round
from auction.listing.publish_lot import publish_lot
from auction.settlement.models import Settlement, SettlementState
from core.audit import AuditEvent
from core.broker import WorkerProcess, make_broker
from core.clock import end_permit
from core.database import Database, Work
from core.deadlines import Deadline
from core.documents.models import Document
from core.identity import SYSTEM
from core.ids import new_id
from core.legal_settings import legal
from core.sandbox.conductor import Conductor
from disposal_teams.assets.models import AssetKind, AssetState
from tests.auction.listing.workshop import later, ready_lot
from web.app import create_app
from web.commands.worker import import_workers
from web.demo_city.cast import TEAM_COURT, person_at, settle_people
from web.sandbox.home import WHERE
from web.sandbox_city import make
from web.sandbox_city.deeds import DEEDS, survey_again
from web.sandbox_city.goods import goods
from web.sandbox_city.robots import Robots, persons_end
from web.sandbox_city.script import (
    LIMIT_PERCENT,
    SCENARIOS,
    SLOW_BEFORE_END,
    THINKS,
    Act,
    Deed,
    Seat,
    Standing,
    acts_of_people,
    open_acts,
)
from web.sandbox_city.standing import standings

PATIENCE_S = 300
"""For a machine with other work to do; a quarter of a year takes half a minute on a free one."""
FULL_SPEED = 1e7

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
OWN = new_id()
OPEN = Standing(
    asset_id=new_id(), scenario="first", number=0, generation=1, asset_state=AssetState.LISTED, began_at=NOW, lot_id=new_id(),
    state=LotState.BIDDING, published_at=NOW, starts_at=NOW + timedelta(days=16), ends_at=NOW + timedelta(days=17),
    starting_price_fen=1_000_000, own_entries=frozenset({OWN}), entries=1,
)  # fmt: skip


def acts(standing: Standing, **options: object) -> list[Act]:
    """What is open."""
    return open_acts(standing, legal(), **options)  # type: ignore[arg-type]


def test_a_person_who_leads_is_answered_by_the_robots_up_to_a_limit() -> None:
    at = NOW + timedelta(days=16, hours=5)
    led = replace(OPEN, leader=new_id(), price_fen=1_100_000, accepted_count=2, last_bid_at=at, entries=2)
    answers = [act for act in acts(led) if act.deed is Deed.OUTBID]
    assert [act.at for act in answers] == [at + THINKS]
    assert led.person_takes_part
    dear = replace(led, price_fen=led.starting_price_fen * LIMIT_PERCENT // 100)
    for quiet in (dear, replace(led, leader=OWN), replace(led, own_entries=frozenset())):
        assert not [act for act in acts(quiet) if act.deed is Deed.OUTBID]


async def test_B41_the_clock_runs_in_real_time_in_the_last_minutes_of_a_lot_that_a_person_has_entered(
    work: Work,
) -> None:
    alone, later = replace(OPEN, entries=1), replace(OPEN, entries=2, ends_at=NOW + timedelta(days=40))
    work.notes["standings"] = [alone, replace(later, state=LotState.PUBLISHED)]
    assert await persons_end(work) is None
    work.notes["standings"] = [alone, later]
    ends_at = later.ends_at
    assert ends_at is not None
    from_then = await persons_end(work)
    assert from_then == ends_at - SLOW_BEFORE_END
    assert timedelta(seconds=300) < SLOW_BEFORE_END


def test_B74_a_creditor_of_its_scenario_takes_the_asset_and_no_next_round_is_prepared() -> None:
    prepared = replace(
        OPEN, scenario="in_kind", asset_state=AssetState.OFFERED_IN_KIND, state=LotState.DRAFT, round=Round.SECOND,
        drafted_at=NOW, decided_at=NOW, offer_id=new_id(), offer_state=OfferState.OPEN, offer_round=Round.FIRST,
        offer_rerun=0, offer_stepped_at=NOW,
    )  # fmt: skip
    assert [(act.deed, act.seat) for act in acts(prepared)] == [(Deed.ACCEPT, Seat.TEAM)]
    assert not acts(replace(prepared, offer_state=OfferState.AWAIT_DIFFERENCE)), "left to people"
    silent = replace(prepared, scenario="sell_off")
    assert [act.deed for act in acts(silent)] == [Deed.PREPARE], "elsewhere silence is the answer (X-01)"
    by_a_person = replace(silent, offer_state=OfferState.RULED)
    assert [act.deed for act in acts(by_a_person)] == [Deed.SERVE_IN_KIND]


def test_posts_taken_by_people_are_left_to_them() -> None:
    waiting = replace(OPEN, state=LotState.DRAFT, published_at=None, drafted_at=NOW)
    assert [act.seat for act in acts(waiting)] == [Seat.PANEL]
    assert not acts(waiting, seats_of_people=["panel"])
    assert [act.deed for act in acts_of_people(waiting, legal(), ["panel"])] == [Deed.DECIDE]
    assert not acts_of_people(waiting, legal(), ["team", "officer"])
    delivered = replace(OPEN, asset_state=AssetState.DELIVERED)
    assert [act.deed for act in acts(delivered, seats_of_people=["team"])] == [Deed.REPLACE]
    assert not acts_of_people(delivered, legal(), ["team"])


def test_whatever_is_left_to_people_has_a_page_to_do_it_on() -> None:
    robots_alone = {Deed.ENTER, Deed.BID, Deed.OUTBID, Deed.PAY, Deed.STOP, Deed.REPLACE}
    assert set(WHERE) == set(Deed) - robots_alone
    known = {re.sub(r":\w+}", "}", route.path) for route in create_app().routes}
    assert set(WHERE.values()) <= known


def test_B34_a_person_who_buys_must_pay_like_anybody_and_robots_do_not_pay_for_people() -> None:
    sold = replace(
        OPEN, state=LotState.SOLD, settlement=SettlementState.AWAIT_BALANCE, sold_at=NOW, stepped_at=NOW, buyer=new_id(),
        balance_due_at=NOW + timedelta(days=10),
    )  # fmt: skip
    assert [(act.deed, act.at > NOW + timedelta(days=10)) for act in acts(sold)] == [(Deed.DEFAULT, True)]
    assert [act.deed for act in acts(replace(sold, buyer=OWN))] == [Deed.PAY]


async def test_A15_B15_a_draft_that_waited_long_says_what_the_robots_new_survey_found(work: Work) -> None:
    team, made, lot = await ready_lot(work, kind=AssetKind.VEHICLE)
    late = later(team, days=100)
    stale = {
        line.id for line in await checklist_of(late, lot) if line.rule in ("A-15", "B-15") and not line.ok
    }
    assert len(stale) > 1, "the survey and special items of it are too old"
    waiting = replace(OPEN, asset_id=made.asset.id, lot_id=lot.id, notified_at=team.now)
    await survey_again(late, waiting)
    assert not stale & {line.id for line in await checklist_of(late, lot) if not line.ok}


def test_a_lot_between_two_rounds_has_nothing_for_bidders() -> None:
    for state in (LotState.FAILED, LotState.DEFAULTED, LotState.WITHDRAWN):
        assert not acts(replace(OPEN, state=state))


def test_goods_are_the_same_for_the_same_key_and_others_for_another() -> None:
    keys = [(scenario, number) for scenario in SCENARIOS for number in range(3)]
    assert [goods(*key) for key in keys] == [goods(*key) for key in keys]
    assert len({goods(*key).source_key for key in keys}) == len(keys)


async def test_B74_the_robots_bring_an_asset_that_nobody_bid_for_to_the_creditor_who_takes_it(
    database: Database,
) -> None:
    async with database.begin(SYSTEM) as work:
        await settle_people(work, Random(20))
        await import_lots(work, [goods("in_kind", 0)], stage=ImportStage.NOTIFIED, is_demo=True)
        lot = (await work.session.exec(select(Lot))).one()
        await publish_lot(work, lot.id)
        lot.state, lot.ended_at = LotState.FAILED, work.now
        await work.session.flush()
        await prepare_next_round(work, lot.id)
        await open_offer(work, lot.id)
    done: list[Act] = []
    for _ in range(5):
        async with database.read(SYSTEM) as work:
            (standing,) = await standings(work)
            act = acts(replace(standing, done={each.key for each in done}))[0]
            actor = await person_at(work, act.seat, TEAM_COURT)
        async with database.begin(actor) as work:
            await DEEDS[act.deed](work, standing)
        done.append(act)
    assert [act.deed for act in done] == [
        Deed.ACCEPT,
        Deed.RULE_IN_KIND,
        Deed.SERVE_IN_KIND,
        Deed.REGISTRY_IN_KIND,
        Deed.DELIVER_IN_KIND,
    ]
    async with database.read(SYSTEM) as work:
        (standing,) = await standings(work)
        assert [act.deed for act in acts(standing)] == [Deed.REPLACE]
        assert standing.asset_state == AssetState.DELIVERED
        papers = await work.session.exec(select(Document.kind).where(Document.lot_id == lot.id))
        assert {"in_kind_ruling", "assistance_notice", "delivery_record"} <= set(papers)


@asynccontextmanager
async def working(database: Database) -> AsyncIterator[None]:
    """A real worker, the conductor and the robots."""
    process = WorkerProcess(Database(database.url), make_broker(database.plain_url), threads=2)
    conductor = Conductor(Database(database.url), sweep_every=timedelta(days=5))
    robots = Robots(database)
    ready = asyncio.Event()
    running = asyncio.create_task(process.run(on_ready=ready.set))
    await asyncio.wait_for(ready.wait(), PATIENCE_S)
    robots.join_in()
    conducting = asyncio.create_task(conductor.run())
    try:
        yield
    finally:
        conductor.stopping.set()
        await conducting
        await robots.close()
        await conductor.database.close()
        process.stopping.set()
        await asyncio.wait_for(running, PATIENCE_S)


@pytest.mark.slow
async def test_B47_a_whole_procedure_runs_in_a_sandbox_and_breaks_no_period(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_workers()
    monkeypatch.setattr(make, "first_goods", lambda lots: [goods("sell_off", 0)])
    async with database.begin(SYSTEM) as work:
        await end_permit(work.session)
    await make.make_city(database, speed=1440)
    async with database.begin(SYSTEM) as work:
        began = work.now
        await work.session.execute(text("UPDATE sandbox_control SET speed = :speed"), {"speed": FULL_SPEED})
    async with working(database), asyncio.timeout(PATIENCE_S):
        while not await _ruled(database):  # noqa: ASYNC110 - others change it
            await asyncio.sleep(0.3)
    async with database.read(SYSTEM) as work:
        lots = list(await work.session.exec(select(Lot).order_by(col(Lot.created_at))))
        assert [(lot.round, lot.state) for lot in lots] == [
            (Round.FIRST, LotState.FAILED),
            (Round.SECOND, LotState.FAILED),
            (Round.SELL_OFF, LotState.SOLD),
        ]
        assert work.now - began > timedelta(days=40)
        # Silence of the creditors asked in kind is an answer; nothing else ran out.
        breached = await work.session.exec(select(Deadline).where(col(Deadline.breached_at).is_not(None)))
        assert {deadline.rule for deadline in breached} == {"L-22"}
        for lot in lots:
            assert lot.ended_at is not None
            events = list(
                await work.session.exec(
                    select(AuditEvent)
                    .where(AuditEvent.stream == f"lot:{lot.id}")
                    .order_by(col(AuditEvent.seq))
                )
            )
            assert [each.recorded_at for each in events] == sorted(each.recorded_at for each in events)
            (closed,) = [each for each in events if each.event in ("lot.failed", "lot.sold")]
            assert closed.recorded_at == lot.ended_at, "the clock waited for the closing"
        assert not (await work.session.execute(text("SELECT count(*) FROM service_fault"))).scalar_one()
        papers = await work.session.exec(select(Document.content).where(Document.kind == "sale_ruling"))
        shown = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(papers.one())).pages)
        assert "训练沙箱" in shown.replace(" ", "")


async def _ruled(database: Database) -> bool:
    async with database.read(SYSTEM) as work:
        found = await work.session.exec(select(Settlement.ruling_issued_at))
        return found.first() is not None

"""Searches for a price from the first letter to the fixed price, driven through all their clocks in simulated time.

Six courses in equal parts: prices that agree; prices that do not, then all platforms; an appraisal whose first firm lets its
period pass and whose debtor is served by posting; an appraisal with an objection that the firm leaves unanswered, so that the
association decides; a body and all platforms that are silent, then a firm that asks for more time and corrects its report on
demand; an appraisal that stands still for a while, expires unused and is issued anew. People act where the law waits for them;
everything else is done by the worker's own jobs and messages, in this process. What is counted is the processor time of both the
service and its database, for each search, papers and audit trail included; and every statutory clock of a valuation has run.
"""

import asyncio
import math
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlmodel import select

from benchmarks.processor_time import family, parent_of, seconds_of
from core.clock import PermitPurpose, permit_clock, set_clock
from core.database import Database, Work
from core.embedded_postgres import EmbeddedPostgres
from core.identity import SYSTEM
from core.ids import new_id
from core.outbox.run_due import run_due
from core.outbox.timetable import PERIODIC, run_periodic
from core.settings import Settings
from disposal_teams.assets.models import Asset, AssetKind, AssetState
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.seal import record_seal
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.cases.register import add_party
from disposal_teams.courts.establish import establish_courts
from migrations.run import upgrade
from valuation import workers
from valuation.agreement.invite import begin_agreement
from valuation.agreement.submit_price import submit_price
from valuation.appraisal.begin import begin_appraisal
from valuation.appraisal.demands import demand_correction, demands_of
from valuation.appraisal.enter_report import Figures, enter_appraisal_report
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.firm_steps import ask_more_time, decide_more_time
from valuation.appraisal.models import AppraisalEngagement, DemandCause
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.appraisers.keep_list import list_firm
from valuation.appraisers.models import AppraisalFirm
from valuation.directed_inquiry.ask import begin_directed_inquiry
from valuation.expiry import reissue_price
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.objections.answer import send_to_firm
from valuation.objections.effects import record_technical_review
from valuation.objections.models import ObjectionGround, ReportObjectionState, ReviewVerdict
from valuation.objections.object import object_to_report
from valuation.objections.progress import objections_of, services_of
from valuation.online_inquiry.deliver import ask_extension, deliver_report
from valuation.online_inquiry.entrust import inquiries_of
from valuation.online_inquiry.exchange import PlatformReport
from valuation.online_inquiry.models import InquiryState
from valuation.online_inquiry.platforms import list_platform
from valuation.online_inquiry.review import finish_review, review_report
from valuation.selection.begin import selections_of
from valuation.selection.lottery import hold_draw
from valuation.selection.models import SelectionState
from valuation.stay import resume_valuation, stay_valuation
from valuation.ways.rules import WayFacts

COURT = "0505"
PRICE_FEN = 1_000_000_00
COURSES = 6
MOST_DAYS = 300
CLOCKS = {"V-02", "L-02", "V-20", "L-03", "V-24", "L-04", "L-07送交", "L-07", "V-31评审", "L-08"}
"""The clocks that must have run; the posting of L-05 and the windows of L-06 are counted in the services themselves."""
LAST = COURSES - 1
SILENT = WayFacts(party_refuses_agreement=True, base_price_exists=True)
SWEPT_AT_ONCE = 50
"""The smallest bound of a sweep: a day's jobs run as often as a hundred searches need."""
BOTH_ASK = WayFacts(both_ask_for=(ValuationMethod.APPRAISAL,))
S = ValuationState


@dataclass(slots=True)
class Driven:
    """What it took."""

    count: int
    days: int = 0
    seconds: float = 0.0
    service_s: float = 0.0
    database_s: float = 0.0
    audit_events: int = 0
    papers: int = 0
    started: dict[UUID, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """One line of a report."""
        each = (self.service_s + self.database_s) / self.count * 1000
        return (
            f"{self.count:,} searches for a price, six courses in equal parts, went through all their clocks in {self.days} "
            f"simulated days: {each:,.0f} ms of processor each ({self.service_s / self.count * 1000:,.0f} service, "
            f"{self.database_s / self.count * 1000:,.0f} database), {self.count / self.seconds:,.1f} a second, with "
            f"{self.audit_events / self.count:,.1f} audited events and {self.papers / self.count:,.1f} papers each."
        )


def measure_valuations(count: int) -> Driven:
    """Drive `count` searches on a durable database of their own. Raises `RuntimeError` when one does not reach its price."""
    with TemporaryDirectory(prefix="disposal-bench-") as folder:
        os.environ["DISPOSAL_DATA_DIR"] = folder
        Settings(data_dir=Path(folder)).encryption_key()
        with EmbeddedPostgres(Path(folder), durable=True) as url:
            upgrade(url)
            with psycopg.connect(url) as connection:
                server = parent_of(connection.info.backend_pid)
            return asyncio.run(drive(url, count, lambda: seconds_of(family(server))))


async def drive(url: str, count: int, database_seconds: Callable[[], float]) -> Driven:
    """Drive `count` searches on this database; `database_seconds` tells its processor time."""
    database = Database(url, pool_size=4)
    driven = Driven(count)
    try:
        assets = await _prepare(database, count)
        began, began_cpu, began_db = time.monotonic(), time.process_time(), database_seconds()
        for number, asset_id in enumerate(assets):
            async with database.begin(SYSTEM) as work:
                driven.started[await _begin(work, asset_id, number % COURSES)] = number % COURSES
        while open_ones := await _open_ones(database, driven):
            if driven.days >= MOST_DAYS:
                raise RuntimeError(f"{len(open_ones)} searches never came to a price")
            driven.days += 1
            await _pass_a_day(database)
            for valuation_id in open_ones:
                async with database.begin(SYSTEM) as work:
                    await _act(work, valuation_id, driven.started[valuation_id])
            await _work(database, math.ceil(count / SWEPT_AT_ONCE))
        driven.seconds = time.monotonic() - began
        driven.service_s = time.process_time() - began_cpu
        driven.database_s = database_seconds() - began_db
        await _check(database, driven)
    finally:
        await database.close()
    return driven


async def _prepare(database: Database, count: int) -> list[UUID]:
    """Surveyed assets with two parties each, three platforms, four firms."""
    async with database.begin(SYSTEM) as work:
        await permit_clock(work.session, PermitPurpose.HISTORY)
        await set_clock(work.session, court_time=work.now)
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        for code in ("p1", "p2", "p3"):
            await list_platform(work, code=code, name=f"平台{code}")
        for number in range(4):
            await list_firm(
                work,
                name=f"评估公司{number}",
                licence_no=f"证{number}",
                licence_until=work.now.date() + timedelta(days=3000),
                kinds=list(AssetKind),
            )
        return [await _asset(work, number) for number in range(count)]


async def _asset(work: Work, number: int) -> UUID:
    case = EnforcementCase(
        id=new_id(),
        case_no=f"（{work.now.year}）苏{COURT}执{number + 1}号",
        court_code=COURT,
        filed_on=work.now.date(),
        cause="民间借贷纠纷",
        created_at=work.now,
    )
    work.session.add(case)
    await work.session.flush()
    await add_party(work, case, role=PartyRole.APPLICANT, name="某银行", is_natural_person=False)
    await add_party(work, case, role=PartyRole.DEBTOR, name="王小明", is_reachable=number % COURSES != 2)
    asset = await register_asset(
        work, case=case, kind=AssetKind.REAL_ESTATE, title=f"房屋 {number}", owner_name="王小明"
    )
    await record_seal(work, asset, case_no=case.case_no, registered_on=work.now.date() - timedelta(days=1))
    asset.state = AssetState.VALUATION  # the survey is another room's work
    return asset.id


async def _begin(work: Work, asset_id: UUID, course: int) -> UUID:
    if course < 2:
        return (await begin_agreement(work, asset_id, facts=WayFacts())).id
    if course == 4:
        return (await begin_directed_inquiry(work, asset_id, facts=SILENT, agency="税务局")).id
    return (await begin_appraisal(work, asset_id, facts=BOTH_ASK)).id


async def _open_ones(database: Database, driven: Driven) -> list[UUID]:
    """The searches that are not over; a price of the last course waits unused until it is issued anew."""
    async with database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Valuation.id, Valuation.state, Valuation.reissue_of).where(Valuation.is_current)
        )
    found = []
    for valuation_id, state, reissue_of in rows.all():
        if reissue_of is not None and valuation_id not in driven.started:
            driven.started[valuation_id] = driven.started[reissue_of]
        waits = driven.started[valuation_id] == LAST and reissue_of is None
        if state != S.FIXED or waits:
            found.append(valuation_id)
    return found


async def _pass_a_day(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await set_clock(work.session, court_time=work.now + timedelta(days=1))


async def _work(database: Database, times: int) -> None:
    """A day of the worker: its jobs of this floor, and every message that follows."""
    jobs = [job for job in PERIODIC.values() if job.name.startswith(f"{workers.__name__}.")]
    for _ in range(times):
        for job in jobs:
            await run_periodic(database, job)
    await run_due(database)


Act = Callable[[Work, Valuation, int], Awaitable[None]]


async def _act(work: Work, valuation_id: UUID, course: int) -> None:
    """What people do on this day, if the law waits for them."""
    valuation = await work.session.get_one(Valuation, valuation_id)
    if valuation.state == S.EXPIRED:
        await reissue_price(work, valuation_id)
        return
    if course == LAST and await _stand_still(work, valuation):
        return
    acts: dict[str, Act] = {
        S.NEGOTIATING: _name_prices,
        S.ONLINE_INQUIRY: _deliver,
        S.APPRAISER_SELECTION: _draw,
        S.APPRAISING: _report,
        S.COURT_REVIEW: _review,
        S.SERVING: _receive,
        S.OBJECTION_WINDOW: _object,
        S.EXPERT_REVIEW: _conclude,
    }
    if act := acts.get(valuation.state):
        await act(work, valuation, course)


async def _stand_still(work: Work, valuation: Valuation) -> bool:
    """In the last course the case is stayed while the firm works, for five days."""
    if valuation.state == S.STAYED:
        if valuation.stayed_at is not None and work.now - valuation.stayed_at > timedelta(days=5):
            await resume_valuation(work, valuation.id)
        return True
    fresh = valuation.reissue_of is None and work.now - valuation.started_at < timedelta(days=20)
    if drawn := valuation.state == S.APPRAISING and fresh and not valuation.ended_reason:
        valuation.ended_reason = "stayed once"
        await stay_valuation(work, valuation.id, ground="case_stayed", reason="暂缓")
    return drawn


async def _name_prices(work: Work, valuation: Valuation, course: int) -> None:
    asset = await work.session.get_one(Asset, valuation.asset_id)
    for number, party in enumerate(await parties_of(work, asset.case_id)):
        price = PRICE_FEN * (1 + number * course)
        if valuation.state == S.NEGOTIATING:
            await submit_price(work, valuation.id, party.id, price_fen=price, paper_ref="卷")


async def _deliver(work: Work, valuation: Valuation, course: int) -> None:
    """Two of three platforms deliver; the third is late. In the fifth course one asks for more time, and all are silent."""
    today = work.now.date()
    if course == 4:
        first = (await inquiries_of(work, valuation.id))[0]
        if first.extension_asked_at is None and work.now < first.due_at:
            await ask_extension(work, first.id)
        return
    for inquiry in (await inquiries_of(work, valuation.id))[:2]:
        if inquiry.state == InquiryState.SENT and work.now < inquiry.due_at:
            report = PlatformReport("1", PRICE_FEN, today + timedelta(days=180), "市场比较法")
            await deliver_report(work, inquiry.id, report)


async def _draw(work: Work, valuation: Valuation, _: int) -> None:
    selections = await selections_of(work, valuation.id)
    if not selections or selections[-1].state != SelectionState.COMMITTED:
        return
    draw_from = selections[-1].draw_from
    if draw_from is not None and work.now >= draw_from:
        await hold_draw(work, selections[-1].id, public_value="3286.65", witnesses="王某")


async def _report(work: Work, valuation: Valuation, course: int) -> None:
    """In the third course the first firm says nothing for thirty days; in the fifth it asks for more time first."""
    at_work = [each for each in await engagements_of(work, valuation.id) if each.state == "entrusted"]
    if not at_work or (course == 2 and at_work[0].position == 1):
        return
    if course == 4 and not at_work[0].extensions:
        await ask_more_time(work, at_work[0].id, days=10, reason="现场复杂")
        await decide_more_time(work, at_work[0].id, granted=True)
        return
    await _hand_in(work, valuation, course, at_work[0].firm_id)


async def _hand_in(work: Work, valuation: Valuation, course: int, firm_id: UUID, version: int = 1) -> None:
    firm = await work.session.get_one(AppraisalFirm, firm_id)
    today = work.now.date()
    figures = Figures(
        firm=firm.name,
        report_no=f"{valuation.id}-{version}",
        price_fen=PRICE_FEN,
        price_again_fen=PRICE_FEN,
        appraised_on=today - timedelta(days=1),
        valid_until=today + timedelta(days=30 if course == LAST and not valuation.reissue_of else 300),
    )
    await enter_appraisal_report(work, valuation.id, figures)


async def _review(work: Work, valuation: Valuation, course: int) -> None:
    """In the fifth course the court has the report corrected before it is served."""
    if course == 4:
        demands = await demands_of(work, valuation.id)
        if not demands:
            await demand_correction(work, valuation.id, cause=DemandCause.WRONG_BASICS, wanted="面积")
            return
        if demands[0].answered_at is None:
            engagement = await work.session.get_one(AppraisalEngagement, demands[0].engagement_id)
            await _hand_in(work, valuation, course, engagement.firm_id, version=2)
    if valuation.method == ValuationMethod.ONLINE_INQUIRY:
        for inquiry in await inquiries_of(work, valuation.id):
            if inquiry.state == InquiryState.DELIVERED:
                await review_report(work, inquiry.id, fault=None)
        await finish_review(work, valuation.id)
    await serve_results(work, valuation.id)


async def _receive(work: Work, valuation: Valuation, _: int) -> None:
    for service in await services_of(work, valuation.id):
        if service.received_at is None:
            await record_receipt(work, service.id, received_at=work.now, proof="回证")


async def _object(work: Work, valuation: Valuation, course: int) -> None:
    """In the fourth course the debtor objects to the result; nobody answers."""
    if course != 3 or await objections_of(work, valuation.id):
        return
    asset = await work.session.get_one(Asset, valuation.asset_id)
    debtor = (await parties_of(work, asset.case_id))[-1]
    objection = await object_to_report(
        work,
        valuation.id,
        debtor.id,
        grounds=[ObjectionGround.RESULT],
        reasons="结果不当",
        paper_ref="卷",
    )
    await send_to_firm(work, objection.id)


async def _conclude(work: Work, valuation: Valuation, _: int) -> None:
    for objection in await objections_of(work, valuation.id):
        if objection.state == ReportObjectionState.REVIEW:
            await record_technical_review(
                work, objection.id, verdict=ReviewVerdict.UPHELD, conclusion="方法得当"
            )


async def _check(database: Database, driven: Driven) -> None:
    """Each course led where it should."""
    expected = (
        ValuationMethod.AGREEMENT,
        ValuationMethod.ONLINE_INQUIRY,
        *[ValuationMethod.APPRAISAL] * 4,
    )
    async with database.read(SYSTEM) as work:
        for valuation in await work.session.exec(select(Valuation).where(Valuation.is_current)):
            course = driven.started[valuation.id]
            if (valuation.method, valuation.price_fen) != (expected[course], PRICE_FEN):
                raise RuntimeError(f"course {course} led to {valuation.method}, {valuation.price_fen}")
        ran = set((await work.session.execute(text("SELECT DISTINCT rule FROM deadline"))).scalars())
        if missing := CLOCKS - ran:
            raise RuntimeError(f"clocks that never ran: {sorted(missing)}")
        posted = text(
            "SELECT count(*) FROM result_service WHERE way = 'public_posting' AND window_ends_at > sent_at"
        )
        if not (await work.session.execute(posted)).scalar_one():
            raise RuntimeError("nobody was served by posting")
        counted = await work.session.execute(
            text("SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM document)")
        )
        driven.audit_events, driven.papers = counted.one()

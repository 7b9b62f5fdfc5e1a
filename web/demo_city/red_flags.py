"""Two courts let a survey lie until its clock ran out: both are flagged, the court above orders both, one obeys (K-21, T-20)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.indicators.flags import flags, measure_effects, order_on_flag
from auction.indicators.models import FlagState
from auction.listing.import_formats import ImportedLot
from auction.listing.import_lots import ImportStage
from core.database import Work
from core.deadlines.rules import day_in_court
from core.identity import SYSTEM
from core.outbox.run_due import run_due, run_jobs
from disposal_teams.assets.models import Asset
from disposal_teams.instructions.models import Instruction
from disposal_teams.surveys.conduct import begin_survey, open_survey
from web.demo_city.cast import FIRST_COURT, MIDDLE, PRIORITY_COURT, person_at
from web.demo_city.history import City
from web.demo_city.instructions import carry
from web.demo_city.surveying import finish_survey

SLOW, OBEYS = FIRST_COURT, PRIORITY_COURT
DAYS_TO_OBEY = 60
"""Given with the order; on the day on which the story ends it is still running."""


async def begin_surveys(city: City, lots: Sequence[ImportedLot]) -> list[ImportedLot]:
    """Each of the two courts begins to survey one of the lots that nothing else happens to; returns the others."""
    left = list(lots)
    for court in (SLOW, OBEYS):
        chosen = next((lot for lot in left if lot.court_code == court), left[-1] if left else None)
        if chosen is None:
            break
        left.remove(chosen)
        (number,) = await city.bring([replace(chosen, court_code=court)], ImportStage.SEALED)
        async with city.database.read(SYSTEM) as work:
            team = await person_at(work, "team", court)
        async with city.database.begin(team) as work:
            asset = (await work.session.exec(select(Asset).where(Asset.asset_no == number))).one()
            await begin_survey(work, asset, surveyor_names="处置团队两名工作人员")
    return left


async def order_from_above(city: City) -> None:
    """The thirty days are over: flags come up by themselves, and the intermediate court orders on each of them."""
    await run_jobs(city.database, ("sweep_deadlines", "refresh_indicators"))
    async with city.database.read(SYSTEM) as work:
        above = await person_at(work, "officer", MIDDLE)
    async with city.database.begin(above) as work:
        for flag in await flags(work):
            case_id = await _case_behind(work, flag.court_code)
            if flag.state == FlagState.RAISED and flag.court_code in (SLOW, OBEYS) and case_id is not None:
                await order_on_flag(
                    work,
                    flag.id,
                    case_id=case_id,
                    reason="查封后三十日内没有完成调查、启动确定参考价，请限期完成并报告。",
                    due_on=day_in_court(work.now) + timedelta(days=DAYS_TO_OBEY),
                )
    await run_due(city.database)


async def _case_behind(work: Work, court: str) -> UUID | None:
    """The case whose asset makes the figure red."""
    rows = await work.session.exec(select(Asset).where(Asset.court_code == court).order_by(col(Asset.id)))
    for asset in rows:
        if await open_survey(work, asset.id) is not None:
            return asset.case_id
    return None


async def obey(city: City) -> None:
    """One court completes its survey and reports; the court above accepts that."""
    async with city.database.begin(city.bidders[0].actor) as nobody:
        own, centre, worker = [
            Work(nobody.session, await person_at(nobody, post, court), nobody.now)
            for post, court in (("officer", MIDDLE), ("officer", OBEYS), ("team", OBEYS))
        ]
        case_id = await _case_behind(worker, OBEYS)
        ordered = await worker.session.exec(select(Instruction).where(Instruction.case_id == case_id))
        order = ordered.first()
        if order is None:
            return
        asset = (await worker.session.exec(select(Asset).where(Asset.case_id == case_id))).one()
        survey = await open_survey(worker, asset.id)
        assert survey is not None
        await finish_survey(worker, asset, survey, evidence="调查笔录")
        await carry(
            own, centre, worker, order, "closed", answer="已完成现状调查，转入确定参考价程序，详见工作记录。"
        )
    await run_due(city.database)


async def see_what_came_of_it(city: City) -> None:
    """The figures of today: one flag is gone, and the order on it has worked; the other stands."""
    await run_jobs(city.database, ("refresh_indicators",))
    async with city.database.begin(SYSTEM) as work:
        await measure_effects(work)

"""The demo city's contested report: told by the use cases, it ends where the firm, the debtor and the court above have to act."""

from random import Random

from sqlmodel import select

from core.database import Database
from core.identity import SYSTEM, Actor, Role
from core.identity.models import Account
from valuation.appraisal.models import AppraisalReport
from valuation.concerned import own_matters
from valuation.fees.models import ValuationFee
from valuation.objections.models import ReportObjection
from valuation.supervision.models import PriceSupervision
from web.commands.worker import import_workers
from web.demo_city.cast import settle_people
from web.demo_city.history import City
from web.demo_city.valuations import seek_prices


async def test_V24_V31_the_story_waits_for_the_firms_answer(database: Database) -> None:
    import_workers()
    async with database.begin(SYSTEM) as work:
        bidders = await settle_people(work, Random(20))
        now = work.now
    city = City(database, now, bidders, Random(20), lambda *parts: None)
    await seek_prices(city)
    assert not city.refused
    async with database.read(SYSTEM) as work:
        objection = (await work.session.exec(select(ReportObjection))).one()
        report = (await work.session.exec(select(AppraisalReport))).one()
        fee = (await work.session.exec(select(ValuationFee))).one()
        asked = (await work.session.exec(select(PriceSupervision))).one()
        debtor = (await work.session.exec(select(Account).where(Account.login == "debtor"))).one()
    assert (objection.state, objection.filed_by) == ("answering", debtor.id)
    assert report.file_id is not None
    assert (fee.basis, fee.state) == ("actual_expense", "open")
    assert asked.outcome is None
    async with database.read(Actor(debtor.id, "沈", frozenset({Role.DEBTOR}), None)) as work:
        links = [(each.link or "").split("/")[2] for each in await own_matters(work) if each.link]
    assert sorted(links) == ["prices", "reports"]

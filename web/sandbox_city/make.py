"""Make a sandbox in an empty database: the mark, the courts and their people, and the assets that robots will sell."""

from itertools import islice
from random import Random

from auction.listing.import_formats import ImportedLot
from auction.listing.import_lots import ImportStage, import_lots
from core.database import Database
from core.identity import SYSTEM
from core.sandbox.control import make_sandbox
from web.demo_city.cast import TEAM_COURT, person_at, settle_people
from web.sandbox_city.goods import goods
from web.sandbox_city.script import SCENARIOS

LOTS = 8


async def make_city(database: Database, *, speed: float, lots: int = LOTS) -> None:
    """Everything in one transaction: an interrupted making leaves the database empty. Raises as `make_sandbox`."""
    async with database.begin(SYSTEM) as work:
        await make_sandbox(work, speed=speed)
        await settle_people(work, Random(20))  # noqa: S311 - invented names, not a secret
        await work.session.flush()
        work.actor = await person_at(work, "team", TEAM_COURT)
        await import_lots(work, first_goods(lots), stage=ImportStage.VALUED, is_demo=True)


def first_goods(lots: int) -> list[ImportedLot]:
    """So many assets, the scenarios in turn."""
    return list(islice((goods(scenario, number) for number in range(lots) for scenario in SCENARIOS), lots))

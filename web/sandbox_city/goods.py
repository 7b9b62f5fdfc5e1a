"""What is sold in a sandbox: invented movables, whose notice periods are the shorter ones. The same for the same key."""

from random import Random

from auction.listing.import_formats import ImportedLot
from auction.listing.models import Round
from disposal_teams.assets.models import AssetKind
from web.demo_city.cast import TEAM_COURT
from web.demo_city.people import firm_name
from web.sandbox_city.script import Standing
from web.sandbox_city.standing import source_key

CARS = ("轿车", "小型越野客车", "商务车", "轻型厢式货车", "重型半挂牵引车")
MACHINES = ("喷气织机一批", "注塑机三台", "数控机床一台", "库存面料一批", "叉车五台")
DOWN_PERCENT, DEPOSIT_PERCENT = 80, 10


def goods(scenario: str, number: int, generation: int = 1) -> ImportedLot:
    """The asset of a scenario; money in fen."""
    key = source_key(scenario, number, generation)
    random = Random(key)  # noqa: S311 - invented figures, not a secret
    value = random.randrange(80_000, 900_000) * 100
    start = -(-value * DOWN_PERCENT // 100)
    is_car = random.random() < 0.5
    title = (
        f"苏E·{random.choice('ABCDEFGHJK')}{random.randrange(1000, 9999)}*号{random.choice(CARS)}"
        if is_car
        else f"{firm_name(random)}名下{random.choice(MACHINES)}"
    )
    return ImportedLot(
        row=number + 2,
        source_key=key,
        round=Round.FIRST,
        rerun=0,
        kind=AssetKind.VEHICLE if is_car else AssetKind.GOODS,
        title=title,
        location="昆山市某停车场" if is_car else "昆山市某仓库",
        court_code=TEAM_COURT,
        valuation_fen=value,
        starting_price_fen=start,
        previous_start_fen=None,
        deposit_fen=start * DEPOSIT_PERCENT // 100 // 100_00 * 100_00 or start // DEPOSIT_PERCENT,
        increment_fen=max(start // 200 // 100_00, 1) * 100_00,
    )


def goods_of(standing: Standing, *, generations_later: int = 0) -> ImportedLot:
    """The goods of an asset that stands so, or those that take its place."""
    return goods(standing.scenario, standing.number, standing.generation + generations_later)

"""Lots for a machine without the real files, with the figures that real lots show.

Of one day's real lots 57.6 % were first auctions, 31.3 % second, 9.2 % sell-offs. Starting prices: median 567,000 yuan,
quartiles 318,000 and 1,000,000. Deposit over starting price: quartiles 10 %, 11.6 %, 17.8 %, never under 5 %. Increment
over starting price: quartiles 0.35 %, 0.55 %, 0.88 %. Prices end in odd fen: they are a percentage of a valuation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from random import Random

ROUNDS = (("first", 0.595), ("second", 0.313), ("sell_off", 0.092))
MEDIAN_YUAN, SPREAD, LARGEST_YUAN = 567_000, 0.85, 486_000_000
PLACES = (
    ("姑苏区", ("平江新城", "金阊新城", "沧浪新城", "桐泾路", "干将东路")),
    ("吴中区", ("越溪", "木渎", "甪直", "临湖", "长桥")),
    ("相城区", ("元和", "黄埭", "渭塘", "阳澄湖", "北桥")),
    ("虎丘区", ("狮山", "浒墅关", "枫桥", "科技城", "通安")),
    ("吴江区", ("盛泽", "松陵", "震泽", "同里", "汾湖")),
    ("常熟市", ("虞山", "梅李", "海虞", "古里", "辛庄")),
    ("张家港市", ("杨舍", "塘桥", "金港", "锦丰", "凤凰")),
    ("昆山市", ("玉山", "花桥", "周市", "千灯", "张浦")),
    ("太仓市", ("城厢", "沙溪", "浏河", "璜泾", "浮桥")),
    ("苏州工业园区", ("湖西", "湖东", "唯亭", "胜浦", "娄葑")),
)
ESTATES = ("花园", "新村", "家园", "雅苑", "名邸", "广场", "公馆", "华庭")
CARS = ("轿车", "小型越野客车", "商务车", "轻型厢式货车", "重型半挂牵引车")
MACHINES = ("喷气织机一批", "注塑机三台", "数控机床一台", "库存面料一批", "办公家具一批")


@dataclass(frozen=True, slots=True)
class GeneratedLot:
    """One lot as an import file would hold it; money in fen."""

    key: str
    round: str
    kind: str
    title: str
    district: str
    valuation_fen: int
    starting_price_fen: int
    deposit_fen: int
    increment_fen: int


def generated_lots(count: int, *, seed: int = 2026) -> Iterator[GeneratedLot]:
    """The same `count` lots for the same seed."""
    random = Random(seed)  # noqa: S311 - figures of a demo, not a secret
    for number in range(count):
        round_ = random.choices([name for name, _ in ROUNDS], [share for _, share in ROUNDS])[0]
        kind, district, title = _thing(random)
        valuation = int(
            min(MEDIAN_YUAN * exp(random.gauss(0.3, SPREAD)), LARGEST_YUAN) * 100
        ) + random.randrange(100)
        first_rate = random.choice((70, 70, 75, 80, 90, 100))
        starting = -(-valuation * first_rate // 100)
        if round_ != "first":
            starting = -(-starting * random.choice((80, 80, 85, 90)) // 100)
        deposit_rate = random.choice((5, 8, 10, 10, 11.6, 11.6, 15, 17.8, 19))
        deposit = min(_rounded(starting * deposit_rate / 100, starting), starting // 5)
        increment = max(_rounded(starting * exp(random.gauss(-5.2, 0.68)), starting // 20), 100_00)
        yield GeneratedLot(
            f"demo-{seed}-{number:05d}",
            round_,
            kind,
            title,
            district,
            valuation,
            starting,
            deposit,
            increment,
        )


def _rounded(fen: float, at_most: int) -> int:
    """A figure as a panel would set it: two leading digits, whole hundreds of yuan where large."""
    unit = 10 ** max(len(str(int(fen))) - 2, 2)
    return min(int(-(-fen // unit) * unit), at_most)


def _thing(random: Random) -> tuple[str, str, str]:
    district, towns = random.choice(PLACES)
    town = random.choice(towns)
    place = (
        f"苏州市{district}{town}"
        if district.endswith("区") and not district.startswith("苏州")
        else f"{district}{town}"
    )
    kind = random.choices(
        ("real_estate", "vehicle", "goods", "shares", "land", "other_right"), (70, 12, 7, 5, 4, 2)
    )[0]
    match kind:
        case "real_estate":
            building, room = random.randrange(1, 60), random.randrange(101, 2805)
            estate = (
                random.choice("春江锦湖翠虹桥金玉") + random.choice("湾园河月景庭") + random.choice(ESTATES)
            )
            title = f"{place}{estate}{building}幢{room}室房产"
        case "vehicle":
            title = f"苏E·{random.choice('ABCDEFGHJK')}{random.randrange(1000, 9999)}*号{random.choice(CARS)}"
        case "goods":
            title = f"{place}某公司名下{random.choice(MACHINES)}"
        case "shares":
            title = (
                f"某{random.choice(('科技', '置业', '纺织', '物流'))}有限公司{random.randrange(1, 100)}%股权"
            )
        case "land":
            title = f"{place}工业用地使用权及地上建筑物{random.randrange(2000, 60000)}平方米"
        case _:
            title = f"{place}车位使用权{random.randrange(1, 400)}号"
    return kind, district, title

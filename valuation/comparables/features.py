"""What the model knows of a sale. Pure.

Only facts known before the auction: no bidders, no bids, no later rounds. Categories are numbered by how common they are;
unknown values stay unknown (NaN) and are never guessed.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

NAMES = ("reference", "area", "built_year", "rooms", "day", "kind", "region", "round", "baseline")
MEANINGS = {
    "reference": "评估价",
    "area": "面积",
    "built_year": "建成年份",
    "rooms": "房间数",
    "day": "成交时间",
    "kind": "财产类型",
    "region": "地区",
    "round": "拍卖轮次",
    "baseline": "同类中位水平",
}
UNKNOWN = float("nan")
_EPOCH = date(2015, 1, 1)
OTHER = 63
"""Number of every category that is too rare to have its own."""


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of a lot. Money in fen, area in m²."""

    kind: str
    region: str = ""
    area_m2: float | None = None
    built_year: int | None = None
    rooms: float | None = None
    round: str = ""
    reference_fen: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale: the facts with the price."""

    known: Known
    price_fen: int
    key: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Categories:
    """The numbers of kinds, regions and rounds, fixed with the training rows."""

    kinds: dict[str, int]
    regions: dict[str, int]
    rounds: dict[str, int]

    @classmethod
    def of(cls, rows: Sequence[Known]) -> "Categories":
        """Number the categories of these rows, the commonest first."""
        return cls(
            _numbered([row.kind for row in rows]),
            _numbered([row.region for row in rows]),
            _numbered([row.round for row in rows]),
        )


def _numbered(values: Sequence[str]) -> dict[str, int]:
    common = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))[:OTHER]
    return {value: number for number, (value, _) in enumerate(common)}


def vector(known: Known, categories: Categories, baseline_fen: float) -> list[float]:
    """The numbers of a lot, in the order of `NAMES`."""
    return [
        math.log(known.reference_fen) if known.reference_fen else UNKNOWN,
        math.log(known.area_m2) if known.area_m2 else UNKNOWN,
        float(known.built_year) if known.built_year and 1500 <= known.built_year <= 2100 else UNKNOWN,
        float(known.rooms) if known.rooms else UNKNOWN,
        (known.on - _EPOCH).days / 365.25 if known.on else UNKNOWN,
        float(categories.kinds.get(known.kind, OTHER)),
        float(categories.regions.get(known.region, OTHER)),
        float(categories.rounds.get(known.round, OTHER)),
        math.log(baseline_fen),
    ]

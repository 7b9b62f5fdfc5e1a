"""The sold lots most alike: same kind, then near in size, value, place and time. Pure."""

import math
from collections.abc import Sequence
from datetime import date

import msgspec

from valuation.comparables.features import Known, Sold

SHOWN = 8
OTHER_REGION = 0.7
UNKNOWN_FACT = 0.5
YEAR_APART = 0.15


class Neighbour(msgspec.Struct, frozen=True):
    """A sold lot as it is shown. Money in fen; `ratio_percent` is price ÷ appraisal where both are known."""

    title: str
    region: str
    area_m2: float | None
    price_fen: int
    sold_on: date | None
    ratio_percent: float | None
    distance: float


def distance(known: Known, other: Known) -> float:
    """How unlike two lots are: 0 is the same. Sizes and values count by their ratio."""
    apart = 0.0 if known.region == other.region else OTHER_REGION
    apart += _ratio(known.area_m2, other.area_m2)
    apart += _ratio(known.reference_fen, other.reference_fen)
    if known.on and other.on:
        apart += YEAR_APART * abs((known.on - other.on).days) / 365.25
    return apart


def _ratio(one: float | None, other: float | None) -> float:
    if not one or not other:
        return UNKNOWN_FACT if one or other else 0.0
    return abs(math.log(one / other))


def nearest(known: Known, rows: Sequence[Sold], *, count: int = SHOWN) -> list[Neighbour]:
    """The sales of the same kind that are most alike, the nearest first."""
    alike = [(distance(known, row.known), row) for row in rows if row.known.kind == known.kind]
    alike.sort(key=lambda each: (each[0], each[1].key))
    return [
        Neighbour(
            row.title or row.key,
            row.known.region,
            row.known.area_m2,
            row.price_fen,
            row.known.on,
            round(100 * row.price_fen / row.known.reference_fen, 1) if row.known.reference_fen else None,
            round(apart, 3),
        )
        for apart, row in alike[:count]
    ]

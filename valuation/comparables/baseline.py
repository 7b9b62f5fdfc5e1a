"""What an experienced clerk would say: the appraisal times the place's usual ratio, or the usual price per m². Pure.

The model has to beat this on later sales, or this is what people see.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from valuation.comparables.features import Known, Sold

FEWEST = 5
"""A median of fewer sales is not used; the next wider group is."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Medians by group: ratio price ÷ appraisal, price per m², and price; keys from narrow to wide."""

    ratios: dict[tuple[str, ...], float]
    unit_prices: dict[tuple[str, ...], float]
    prices: dict[tuple[str, ...], float]

    @classmethod
    def of(cls, rows: Sequence[Sold]) -> "Baseline":
        """Learn the medians of these sales. Raises `ValueError` without any."""
        if not rows:
            raise ValueError("no sales to learn from")
        ratios: dict[tuple[str, ...], list[float]] = defaultdict(list)
        units: dict[tuple[str, ...], list[float]] = defaultdict(list)
        prices: dict[tuple[str, ...], list[float]] = defaultdict(list)
        for row in rows:
            for key in _groups(row.known):
                if row.known.reference_fen:
                    ratios[key].append(row.price_fen / row.known.reference_fen)
                if row.known.area_m2:
                    units[key].append(row.price_fen / row.known.area_m2)
                prices[key].append(row.price_fen)
        return cls(_medians(ratios), _medians(units), _medians(prices))

    def price_fen(self, known: Known) -> float:
        """The expected price, in fen: by the appraisal if there is one, else by area, else by the group alone."""
        if known.reference_fen and (ratio := _first(self.ratios, known)) is not None:
            return known.reference_fen * ratio
        if known.area_m2 and (unit := _first(self.unit_prices, known)) is not None:
            return known.area_m2 * unit
        found = _first(self.prices, known)
        assert found is not None  # the widest group holds every sale
        return found


def _groups(known: Known) -> list[tuple[str, ...]]:
    return [(known.region, known.kind), (known.region,), ("", known.kind), ()]


def _medians(groups: dict[tuple[str, ...], list[float]]) -> dict[tuple[str, ...], float]:
    return {key: median(values) for key, values in groups.items() if len(values) >= FEWEST or not key}


def _first(medians: dict[tuple[str, ...], float], known: Known) -> float | None:
    return next((medians[key] for key in _groups(known) if key in medians), None)

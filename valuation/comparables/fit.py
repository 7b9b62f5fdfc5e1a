"""The model: gradient-boosted trees on the logarithm of price ÷ baseline, mixed with the baseline as far as that helps.

The last quarter of the sales (by day) is held back: it decides the mix and the width of the interval (split conformal
prediction), so that "four of five" is measured and not assumed. Same rows, same model: nothing random is left open.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from valuation.comparables.baseline import Baseline
from valuation.comparables.features import NAMES, Categories, Known, Sold, vector

COVERAGE = 0.8
HELD_BACK = 0.25
FEWEST_ROWS = 40
"""With fewer sales nothing is learned beyond the baseline."""
MIXES = (0.0, 0.25, 0.5, 0.75, 1.0)
CATEGORIES = frozenset({"kind", "region", "round"})
WIDEST = math.log(3.0)
"""With too few sales to measure an interval, a third to three times is said."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """An expected price with its interval, and the baseline, all in fen."""

    low_fen: int
    mid_fen: int
    high_fen: int
    baseline_fen: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model. `used`: the features that say anything here; `mix`: the trees' share, 0 where they did not help;
    `width`: half the interval, in logarithms."""

    baseline: Baseline
    categories: Categories
    trees: Any | None
    used: tuple[int, ...]
    mix: float
    width: float
    rows: int

    def forecasts(self, lots: Sequence[Known]) -> list[Forecast]:
        """The forecast for each lot."""
        if not lots:
            return []
        bases = [self.baseline.price_fen(known) for known in lots]
        moves = self._ask(numbers_of(lots, self.categories, bases))
        narrow, wide = math.exp(-self.width), math.exp(self.width)
        mids = [base * math.exp(move) for base, move in zip(bases, moves, strict=True)]
        return [
            Forecast(
                max(1, round(mid * narrow)),
                max(1, round(mid)),
                max(1, round(mid * wide)),
                max(1, round(base)),
            )
            for mid, base in zip(mids, bases, strict=True)
        ]

    def drivers(self, lots: Sequence[Known]) -> list[list[tuple[str, float]]]:
        """For each lot by how many percent each known fact moves the expectation, the strongest first: the fact is left
        out and the model asked again."""
        moved: list[list[tuple[str, float]]] = [[] for _ in lots]
        if self.trees is None or self.mix == 0 or not lots:
            return moved
        full = numbers_of(lots, self.categories, [self.baseline.price_fen(known) for known in lots])
        answers = self._ask(full)
        for place in self.used:
            without = full.copy()
            without[:, place] = np.nan
            for each, known, change in zip(
                moved, ~np.isnan(full[:, place]), answers - self._ask(without), strict=True
            ):
                if known:
                    each.append((NAMES[place], (math.exp(float(change)) - 1) * 100))
        return [sorted(each, key=lambda driver: -abs(driver[1])) for each in moved]

    def _ask(self, numbers: Any) -> Any:
        """What the trees add, in logarithms, already mixed."""
        if self.trees is None or self.mix == 0:
            return np.zeros(len(numbers))
        with threadpool_limits(limits=1):
            return self.mix * self.trees.predict(numbers[:, self.used])


def by_day(rows: Sequence[Sold]) -> list[Sold]:
    """Sales in the order of their days; those without a day first, since they can only be learned from."""
    return sorted(rows, key=lambda row: (row.known.on or date.min, row.key))


def split(rows: Sequence[Sold], share: float) -> tuple[list[Sold], list[Sold]]:
    """The earlier and the later sales; one day stays on one side. The later hold about `share` of the rows."""
    ordered = by_day(rows)
    cut = len(ordered) - round(len(ordered) * share)
    while 0 < cut < len(ordered) and ordered[cut].known.on == ordered[cut - 1].known.on:
        cut += 1
    return ordered[:cut], ordered[cut:]


def fit(rows: Sequence[Sold], *, trees_allowed: bool = True) -> Fitted:
    """Train on these sales; without trees only the baseline and its interval are learned. Raises `ValueError` without any."""
    earlier, later = split(rows, HELD_BACK)
    if len(rows) < FEWEST_ROWS or not earlier or not later:
        baseline = Baseline.of(rows)
        return Fitted(baseline, Categories.of([row.known for row in rows]), None, (), 0.0, WIDEST, len(rows))
    baseline = Baseline.of(earlier)
    categories = Categories.of([row.known for row in earlier])
    bases = [baseline.price_fen(row.known) for row in earlier]
    numbers = numbers_of([row.known for row in earlier], categories, bases)
    used = tuple(place for place in range(len(NAMES)) if len(np.unique(_known(numbers[:, place]))) > 1)
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=150,
        learning_rate=0.06,
        max_leaf_nodes=15,
        min_samples_leaf=max(5, len(earlier) // 60),
        l2_regularization=1.0,
        random_state=7,
        early_stopping=False,
        categorical_features=[at for at, place in enumerate(used) if NAMES[place] in CATEGORIES],
    )
    with threadpool_limits(
        limits=1
    ):  # several threads wait for one another on a busy machine, and gain nothing here
        trees.fit(
            numbers[:, used], np.log([row.price_fen / base for row, base in zip(earlier, bases, strict=True)])
        )
    later_bases = [baseline.price_fen(row.known) for row in later]
    with threadpool_limits(limits=1):
        learned = trees.predict(numbers_of([row.known for row in later], categories, later_bases)[:, used])
    truth = np.log([row.price_fen / base for row, base in zip(later, later_bases, strict=True)])
    errors = {mix: np.abs(truth - mix * learned) for mix in MIXES}
    mix = 0.0 if not trees_allowed else min(MIXES, key=lambda each: (float(np.median(errors[each])), each))
    return Fitted(baseline, categories, trees, used, mix, _conformal(errors[mix]), len(rows))


def numbers_of(lots: Sequence[Known], categories: Categories, bases: Sequence[float]) -> Any:
    """The lots as a matrix, a row each."""
    return np.array([vector(known, categories, base) for known, base in zip(lots, bases, strict=True)])


def _known(column: Any) -> Any:
    return column[~np.isnan(column)]


def _conformal(errors: Any) -> float:
    """The half width, in logarithms, that held for `COVERAGE` of the sales held back, corrected for their number."""
    rank = math.ceil((len(errors) + 1) * COVERAGE)
    if rank > len(errors):
        return WIDEST
    return float(np.sort(errors)[rank - 1])

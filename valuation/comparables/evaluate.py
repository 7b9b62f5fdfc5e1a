"""How far off the model and the baseline are on sales later than everything they learned from."""

import math
from collections.abc import Sequence
from statistics import mean, median

from valuation.comparables.features import Sold
from valuation.comparables.fit import fit, split
from valuation.comparables.measures import Errors, Evaluation

TESTED = 0.2
FEWEST_TESTED = 20


def evaluate(rows: Sequence[Sold]) -> Evaluation | None:
    """Train on the earlier four fifths, test on the later fifth. None when too few sales have a day."""
    undated = [row for row in rows if row.known.on is None]
    earlier, later = split([row for row in rows if row.known.on is not None], TESTED)
    if len(later) < FEWEST_TESTED or not earlier:
        return None
    fitted = fit([*undated, *earlier])
    forecasts = fitted.forecasts([row.known for row in later])
    inside = [
        forecast.low_fen <= row.price_fen <= forecast.high_fen
        for row, forecast in zip(later, forecasts, strict=True)
    ]
    return Evaluation(
        trained_rows=len(undated) + len(earlier),
        tested_rows=len(later),
        since=later[0].known.on,
        model=_errors([forecast.mid_fen for forecast in forecasts], later),
        baseline=_errors([forecast.baseline_fen for forecast in forecasts], later),
        coverage_percent=round(100 * mean(inside), 1),
        median_width_percent=round((math.exp(fitted.width) - math.exp(-fitted.width)) * 100, 1),
        trees_share=fitted.mix,
    )


def _errors(expected: Sequence[int], sold: Sequence[Sold]) -> Errors:
    off = [abs(guess - row.price_fen) for guess, row in zip(expected, sold, strict=True)]
    shares = [100 * each / row.price_fen for each, row in zip(off, sold, strict=True)]
    return Errors(round(mean(off), 1), round(median(shares), 2))

"""The plot of the sold lots most alike: by size, or by appraisal where sizes are not known."""

from collections.abc import Sequence

from valuation.comparables.neighbours import Neighbour
from web.charts import Scatter, scatter


def plot_of(
    neighbours: Sequence[Neighbour],
    *,
    area_m2: float | None = None,
    reference_fen: int | None = None,
    expected_fen: int | None = None,
) -> tuple[Scatter | None, bool]:
    """The plot, if there are enough points, and whether it is by size (else by appraisal).

    `expected_fen`: of the lot in question, which is shown with it where its size or appraisal is known.
    """
    by_size = [(each.area_m2, each.price_fen, False) for each in neighbours if each.area_m2]
    if len(by_size) >= 2:
        if area_m2 and expected_fen:
            by_size.append((area_m2, expected_fen, True))
        if (plot := scatter(by_size)) is not None:
            return plot, True
    by_appraisal = [
        (100 * each.price_fen / each.ratio_percent, each.price_fen, False)
        for each in neighbours
        if each.ratio_percent
    ]
    if reference_fen and expected_fen:
        by_appraisal.append((float(reference_fen), expected_fen, True))
    return scatter(by_appraisal), False

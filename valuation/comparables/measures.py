"""How a test over time is told. Apart from the test, so that pages need not load what the model needs."""

from datetime import date

import msgspec


class Errors(msgspec.Struct, frozen=True):
    """Mean absolute error in fen, and the median of the absolute error in percent of the price."""

    mae_fen: float
    mdape_percent: float


class Evaluation(msgspec.Struct, frozen=True):
    """The test over time: learned from sales before `since`, tested on those from then on.

    `coverage_percent`: how often the price lay inside the interval that is meant to hold in 80 % of cases.
    """

    trained_rows: int
    tested_rows: int
    since: date | None
    model: Errors
    baseline: Errors
    coverage_percent: float
    median_width_percent: float
    trees_share: float

    @property
    def beats_baseline(self) -> bool:
        """Whether the model is nearer in both measures, or in one and not worse in the other."""
        return (
            self.model.mdape_percent <= self.baseline.mdape_percent
            and self.model.mae_fen <= self.baseline.mae_fen
            and (self.model.mdape_percent, self.model.mae_fen)
            != (self.baseline.mdape_percent, self.baseline.mae_fen)
        )

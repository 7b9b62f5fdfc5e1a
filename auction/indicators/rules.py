"""How figures are read, compared, scored and ranked, and which are red (chapter 9). Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from fractions import Fraction

from auction.indicators.definitions import BY_CODE, FACTORS, SUMS, Better, Indicator
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg


@dataclass(frozen=True, slots=True)
class Figure:
    """What is stored of an indicator: the two numbers, the rows behind them, and for times the spread."""

    numerator: int = 0
    denominator: int = 0
    row_count: int = 0
    median: int | None = None
    ninth_decile: int | None = None

    def plus(self, other: "Figure") -> "Figure":
        """The figure of both; the spread of a sum is not known."""
        return Figure(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.row_count + other.row_count,
        )


NOTHING = Figure()


def ratio(indicator: Indicator, figure: Figure) -> Fraction | None:
    """The figure as the indicator is compared, in its stored unit; None where there was nothing to divide by."""
    if indicator.unit in SUMS:
        return Fraction(figure.numerator)
    if figure.denominator == 0:
        return None
    return Fraction(figure.numerator, figure.denominator)


def value(indicator: Indicator, figure: Figure) -> Fraction | None:
    """The figure as it is shown: percent, days, hours, yuan."""
    found = ratio(indicator, figure)
    return None if found is None else found * FACTORS[indicator.unit]


def is_enough(indicator: Indicator, figure: Figure, *, runs: int, few: int) -> bool:
    """Whether the court had enough rows to be compared (样本不足 otherwise)."""
    least = {"runs": runs, "few": few, "none": 0}[indicator.least]
    return figure.row_count >= least


def compared(indicator: Indicator, before: Figure, after: Figure) -> int | None:
    """1 when the figure has become better, -1 when worse, 0 when it is the same; None where that cannot be said."""
    one, other = ratio(indicator, before), ratio(indicator, after)
    if one is None or other is None or indicator.better is Better.NEITHER:
        return None
    higher = (other > one) - (other < one)
    return higher if indicator.better is Better.UP else -higher


# Periods


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a quarter or a year by its first month and its length in months."""

    first: date
    months: int

    @property
    def last(self) -> date:
        """The first day of its last month."""
        return add_months(self.first, self.months - 1)

    @property
    def name(self) -> str:
        """As in an address: 2026-10, 2026-Q4, 2026."""
        if self.months == 12:
            return f"{self.first.year}"
        if self.months == 3:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first.year}-{self.first.month:02}"

    def each_month(self) -> list[date]:
        """Its months by their first days."""
        return [add_months(self.first, step) for step in range(self.months)]


def add_months(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_of(moment: datetime) -> date:
    """The court's month of a moment."""
    return day_in_court(moment).replace(day=1)


def read_period(name: str) -> Period:
    """The period of a name. Raises `InvalidInput`."""
    try:
        year, _, rest = name.partition("-")
        if not year.isascii() or not year.isdigit() or len(year) != 4 or not 2000 <= int(year) <= 2200:
            raise ValueError
        if not rest:
            return Period(date(int(year), 1, 1), 12)
        if rest in ("Q1", "Q2", "Q3", "Q4"):
            return Period(date(int(year), int(rest[1]) * 3 - 2, 1), 3)
        if len(rest) != 2 or not rest.isascii() or not rest.isdigit():
            raise ValueError
        return Period(date(int(year), int(rest), 1), 1)
    except ValueError:
        raise InvalidInput(msg("期间无效，请选择月、季或者年。")) from None


def first_day_to_freeze(month: date, freeze_day: int) -> date:
    """The court day from which a month may be frozen by itself: some days after its end, so that what came late is in it."""
    return add_months(month, 1) + timedelta(days=freeze_day - 1)


def check_over(month: date, today: date) -> None:
    """Raise `RuleViolation` for a month that is not over."""
    if today < add_months(month, 1):
        raise RuleViolation("K-01", msg("{month} 尚未结束，不能冻结。", month=f"{month:%Y-%m}"))


# Weights


class Method(StrEnum):
    """How a figure becomes points: by its place among the courts, or by its distance to a target."""

    PERCENTILE = "percentile"
    TARGET = "target"


METHOD_LABELS: dict[Method, Message] = {
    Method.PERCENTILE: msg("百分位"),
    Method.TARGET: msg("与目标的差距"),
}


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight of one indicator; `target` in its shown unit, for the method that needs one."""

    code: str
    weight: int
    method: Method = Method.PERCENTILE
    target: str = ""


DEFAULT_WEIGHTS: tuple[Weight, ...] = (
    Weight("K-02", 12),
    Weight("K-03", 8),
    Weight("K-07", 6),
    Weight("K-08", 6),
    Weight("K-09", 8),
    Weight("K-13", 6, Method.TARGET, "30"),
    Weight("K-14", 6),
    Weight("K-15", 6, Method.TARGET, "10"),
    Weight("K-16", 10),
    Weight("K-17", 8, Method.TARGET, "95"),
    Weight("K-18", 6, Method.TARGET, "95"),
    Weight("K-21", 8, Method.TARGET, "0"),
    Weight("K-22", 4, Method.TARGET, "95"),
    Weight("K-23", 4, Method.TARGET, "95"),
    Weight("K-28", 2, Method.TARGET, "100"),
)
"""Version 0, in force until the intermediate court makes one of its own [D]."""


def check_weights(weights: Sequence[Weight]) -> None:
    """Raise `InvalidInput` for weights that cannot be used: unknown, without direction or data, not positive, no target."""
    fields: dict[str, Message] = {}
    for each in weights:
        indicator = BY_CODE.get(each.code)
        if indicator is None or indicator.better is Better.NEITHER or not indicator.has_data:
            fields[f"weight-{each.code}"] = msg("该指标没有优劣方向或者没有数据，不能计分。")
        if not 1 <= each.weight <= 100:
            fields[f"weight-{each.code}"] = msg("请填写 1 到 100 的整数，不计分的留空。")
        if each.method is Method.TARGET and _number(each.target) is None:
            fields[f"target-{each.code}"] = msg("请填写目标值。")
    if len({each.code for each in weights}) != len(weights):
        fields["weights"] = msg("同一指标只能有一个权重。")
    if not weights:
        fields["weights"] = msg("请至少给一个指标填写权重。")
    if fields:
        raise InvalidInput(msg("权重有误，请按提示修改。"), fields=fields, rule="K-01")


def _number(text: str) -> Fraction | None:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return Fraction(number) if number.is_finite() and 0 <= number <= 10**9 else None


# Points and places


def percentile_points(ratios: Mapping[str, Fraction], better: Better) -> dict[str, Fraction]:
    """Points by place among the courts: 100 for the best, 0 for the worst, equal figures equal points. Needs two courts."""
    if len(ratios) < 2:
        return {}
    points = {}
    for court, own in ratios.items():
        worse = sum(other < own if better is Better.UP else other > own for other in ratios.values())
        equal = sum(other == own for other in ratios.values()) - 1
        points[court] = Fraction(100 * (2 * worse + equal), 2 * (len(ratios) - 1))
    return points


def target_points(shown: Fraction, target: Fraction, better: Better) -> Fraction:
    """Points by distance to the target: 100 when it is reached, in proportion below it."""
    if better is Better.UP:
        return Fraction(100) if shown >= target else 100 * shown / target
    if shown <= target:
        return Fraction(100)
    return 100 * target / shown if target else 100 / (1 + shown)


@dataclass(frozen=True, slots=True)
class Points:
    """What one indicator gave a court; None: not compared, and why."""

    code: str
    weight: int
    points: Decimal | None
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A court in the ranking. `score` and `place` are None where too little could be compared (样本不足)."""

    court_code: str
    score: Decimal | None
    place: int | None
    points: tuple[Points, ...]


LEAST_SHARE = Fraction(1, 2)
"""A court is placed when indicators with at least half of all weight could be compared [D]."""


def ranking(
    figures: Mapping[str, Mapping[str, Figure]], weights: Sequence[Weight], *, runs: int, few: int
) -> list[Placed]:
    """The courts by total score, best first; equal scores share a place and the next one is left out (1, 2, 2, 4).

    `figures`: by court, then by indicator. Courts without a score come last.
    """
    given: dict[str, list[Points]] = {court: [] for court in figures}
    for each in weights:
        indicator = BY_CODE[each.code]
        enough = {
            court: found
            for court, own in figures.items()
            if is_enough(indicator, own.get(each.code, NOTHING), runs=runs, few=few)
            and (found := ratio(indicator, own.get(each.code, NOTHING))) is not None
        }
        points = _points(indicator, each, enough)
        for court in figures:
            found = points.get(court)
            given[court].append(
                Points(
                    each.code, each.weight, None if found is None else _rounded(found), court not in enough
                )
            )
    scores = {court: _total(points) for court, points in given.items()}
    placed = [
        Placed(court, score, _place(score, scores.values()), tuple(given[court]))
        for court, score in scores.items()
    ]
    return sorted(placed, key=lambda each: (each.place is None, each.place or 0, each.court_code))


def _points(indicator: Indicator, weight: Weight, ratios: Mapping[str, Fraction]) -> dict[str, Fraction]:
    if weight.method is Method.PERCENTILE:
        return percentile_points(ratios, indicator.better)
    target = _number(weight.target) or Fraction(0)
    factor = FACTORS[indicator.unit]
    return {court: target_points(each * factor, target, indicator.better) for court, each in ratios.items()}


def _rounded(number: Fraction) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def _total(points: Sequence[Points]) -> Decimal | None:
    compared = [(Fraction(each.points), each.weight) for each in points if each.points is not None]
    weight, all_weight = sum(each for _, each in compared), sum(each.weight for each in points)
    if not compared or weight < LEAST_SHARE * all_weight:
        return None
    return _rounded(sum((each * share for each, share in compared), Fraction(0)) / weight)


def _place(score: Decimal | None, scores: Collection[Decimal | None]) -> int | None:
    if score is None:
        return None
    return 1 + sum(other is not None and other > score for other in scores)


# Red flags


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure is red when it compares so with the number, in its shown unit."""

    code: str
    comparison: str
    number: str

    def is_red(self, figure: Figure) -> bool:
        """Whether the figure is beyond the threshold. No figure is no red figure."""
        shown, limit = value(BY_CODE[self.code], figure), _number(self.number)
        if shown is None or limit is None:
            return False
        return shown > limit if self.comparison == ">" else shown < limit


def thresholds(settings: Sequence[Sequence[str]]) -> tuple[Threshold, ...]:
    """The thresholds of the settings that name an indicator."""
    return tuple(Threshold(code, how, number) for code, how, number in settings if code in BY_CODE)

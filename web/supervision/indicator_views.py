"""How pages show figures: periods to choose, values with units, the course of a year, where a row leads."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from auction.indicators.definitions import BY_CODE, INDICATORS, SUMS, Better, Indicator, Unit
from auction.indicators.models import FlagState
from auction.indicators.rows import FactRow
from auction.indicators.rules import (
    Figure,
    Period,
    add_months,
    is_enough,
    month_of,
    read_period,
    value,
)
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.legal_settings import legal
from core.money import yuan
from web.forms import Form

UNIT_LABELS: dict[Unit, str] = {
    Unit.COUNT: "件",
    Unit.YUAN: "元",
    Unit.PERCENT: "%",
    Unit.PER_HUNDRED: "每百件",
    Unit.DAYS: "天",
    Unit.HOURS: "小时",
    Unit.TIMES: "每件",
}
BETTER_LABELS: dict[Better, str] = {
    Better.UP: "越高越好",
    Better.DOWN: "越低越好",
    Better.NEITHER: "不分优劣",
}
FLAG_LABELS: dict[FlagState, str] = {
    FlagState.RAISED: "待处理",
    FlagState.ORDERED: "已督办",
    FlagState.CLEARED: "已消除",
}
FLAG_KINDS: dict[FlagState, str] = {
    FlagState.RAISED: "bad",
    FlagState.ORDERED: "warn",
    FlagState.CLEARED: "good",
}


def indicator_of(code: str) -> Indicator:
    """The indicator of a code. Raises `NotFound`."""
    found = BY_CODE.get(code)
    if found is None:
        raise NotFound(msg("没有这项指标。"))
    return found


def plain_value(indicator: Indicator, figure: Figure) -> str:
    """The figure as a number without its unit; a dash where there was nothing to count."""
    shown = value(indicator, figure)
    if shown is None:
        return "—"
    if indicator.unit is Unit.YUAN:
        return yuan(figure.numerator)
    if indicator.unit is Unit.COUNT:
        return str(figure.numerator)
    return f"{Decimal(shown.numerator) / Decimal(shown.denominator):.1f}"


def parts_shown(indicator: Indicator, number: int) -> str:
    """A numerator or denominator: money in yuan, everything else as it is."""
    is_money = indicator.code in ("K-07", "K-08", "K-10")
    return yuan(number) if is_money else str(number)


def line(indicator: Indicator, figure: Figure) -> dict[str, Any]:
    """What a table shows of an indicator."""
    settings = legal()
    return {
        "indicator": indicator,
        "figure": figure,
        "value": plain_value(indicator, figure),
        "unit": msg(UNIT_LABELS[indicator.unit]),
        "numerator": parts_shown(indicator, figure.numerator),
        "denominator": parts_shown(indicator, figure.denominator) if indicator.unit not in SUMS else "—",
        "is_small": indicator.better is not Better.NEITHER
        and not is_enough(
            indicator, figure, runs=settings.indicator_runs_least, few=settings.indicator_rows_least
        ),
    }


def lines(figures: dict[str, Figure]) -> list[dict[str, Any]]:
    """Every indicator of one court in the order of the rulebook."""
    return [line(each, figures.get(each.code, Figure())) for each in INDICATORS]


def asked_period(form: Form, work: Work) -> Period:
    """The period of the address; the running month where it names none. Raises `InvalidInput`."""
    name = form.value("period").strip()
    return read_period(name) if name else Period(month_of(work.now), 1)


def asked_month(form: Form, work: Work) -> date:
    """The month of the address. Raises `InvalidInput` for a quarter or a year."""
    return one_month(asked_period(form, work).name)


def one_month(name: str) -> date:
    """The first day of the month of this name. Raises `InvalidInput` for a quarter or a year."""
    period = read_period(name)
    if period.months != 1:
        raise InvalidInput(msg("期间无效，请选择月、季或者年。"))
    return period.first


def period_options(work: Work) -> list[tuple[str, str]]:
    """The last thirteen months, six quarters and two years."""
    this = month_of(work.now)
    months = [Period(add_months(this, -step), 1) for step in range(13)]
    quarter = date(this.year, (this.month - 1) // 3 * 3 + 1, 1)
    quarters = [Period(add_months(quarter, -3 * step), 3) for step in range(6)]
    years = [Period(date(this.year - step, 1, 1), 12) for step in range(2)]
    return [(each.name, each.name) for each in (*months, *quarters, *years)]


def last_year(work: Work) -> list[date]:
    """The thirteen months up to the running one."""
    this = month_of(work.now)
    return [add_months(this, step) for step in range(-12, 1)]


def course(
    indicator: Indicator, points: Sequence[tuple[date, Figure]]
) -> list[tuple[date, float | None, str]]:
    """For the chart: month, height, shown value."""
    found = []
    for month, figure in points:
        shown = value(indicator, figure) if figure.row_count or figure.numerator else None
        found.append((month, None if shown is None else float(shown), plain_value(indicator, figure)))
    return found


def leads_to(row: FactRow, *, above: bool) -> str | None:
    """The page of the row's subject."""
    match row.base:
        case "run" | "cycle":
            return f"/team/lots/{row.number}"
        case "letter":
            return (
                f"/supervision/transfers/{row.subject_id}" if above else f"/court/transfers/{row.subject_id}"
            )
        case "errand":
            return f"/court/instructions/{row.subject_id}"
        case "dispute":
            return f"/court/objections/{row.subject_id}"
        case "conclusion":
            return f"/team/cases/{row.subject_id}/conclusion"
        case "complaint":
            return "/supervision/complaints" if above else None
        case _:
            return f"/team/assets/{row.number}" if row.number else None


def changed_rows(because: Sequence[dict[str, Any]]) -> Message:
    """How many rows came, went and changed, in words."""
    came = sum(each["before"] is None for each in because)
    went = sum(each["after"] is None for each in because)
    return msg(
        "新增 {came} 笔，移出 {went} 笔，变更 {other} 笔",
        came=came,
        went=went,
        other=len(because) - came - went,
    )

"""The law of the online inquiry (V-11 to V-13, V-15). Pure. Prices in fen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from valuation.online_inquiry.models import ReportFault

REPORT_DAYS = 3
EXTENSION_DAYS = 3
CORRECTION_DAYS = 3
LATE_REPORTS_A_YEAR = 5
BARRED_YEARS = 5
SUSPECT_FACTOR = 10


@dataclass(frozen=True, slots=True)
class Delivered:
    """A report delivered in time, as far as the result depends on it (V-13)."""

    price_fen: int
    is_objected: bool = False
    objection_dismissed: bool = False
    """The objection was found groundless, or the report has been corrected."""


def mean_fen(prices: Sequence[int]) -> int:
    """The mean, rounded half up to the fen (V-13)."""
    return (2 * sum(prices) + len(prices)) // (2 * len(prices))


def result_fen(reports: Sequence[Delivered]) -> int | None:
    """The result of the inquiry (V-13), or None when no report can carry it.

    No objection: the mean of all. Only some objected to: the mean of the others. All objected to: the mean of those whose
    objection was dismissed or that were corrected.
    """
    clean = [report.price_fen for report in reports if not report.is_objected]
    upheld = [report.price_fen for report in reports if report.objection_dismissed]
    prices = clean or upheld
    return mean_fen(prices) if prices else None


def validity(days: Sequence[date]) -> date:
    """How long a mean holds: as long as the report that ends first (V-33)."""
    return min(days)


def extension_granted(*, asked_at: datetime, due_at: datetime, anyone_delivered: bool) -> bool:
    """Whether a platform gets three days more: asked before the end, and nobody has delivered (V-11)."""
    return asked_at < due_at and not anyone_delivered


def corrections_owed(faults: Sequence[ReportFault | None]) -> bool:
    """Whether the platforms must correct: only when every report has a fault (V-12)."""
    return bool(faults) and all(fault is not None for fault in faults)


def suspects(prices: Sequence[int]) -> list[bool]:
    """Which prices look like a slip (万元 for 元, three zeros): ten times off the median of all (V-12).

    With two prices that far apart both are suspect, since neither is known to be right.
    """
    if len(prices) < 2:
        return [False] * len(prices)
    if len(prices) == 2:
        apart = max(prices) >= SUSPECT_FACTOR * min(prices)
        return [apart, apart]
    middle = median(prices)
    return [price >= SUSPECT_FACTOR * middle or SUSPECT_FACTOR * price <= middle for price in prices]


def to_be_removed(*, late_in_a_year: int, refused_without_reason: bool, colluded_or_leaked: bool) -> bool:
    """Whether a platform must leave the list (V-15): refusal without reason, five late reports in a year, collusion."""
    return refused_without_reason or colluded_or_leaked or late_in_a_year >= LATE_REPORTS_A_YEAR

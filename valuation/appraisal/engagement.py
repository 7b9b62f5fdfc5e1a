"""The law of an engagement (V-21, V-23). Pure."""

from datetime import datetime, timedelta

from core.deadlines.rules import Period, period_end, period_of_days
from core.errors import RuleViolation
from core.i18n import msg

REPORT_DAYS = 30
ASK_BEFORE_DAYS = 5
MOST_EXTENSIONS = 2
LONGEST_EXTENSION_DAYS = 15
RETURN_DAYS = 3


def first_due(entrusted_at: datetime) -> datetime:
    """When the report is due (V-23: 30 days)."""
    return period_end(entrusted_at, days=REPORT_DAYS)


def last_moment_to_ask(due_at: datetime) -> datetime:
    """Until when more time may be asked for: five days before the end (V-23)."""
    return due_at - timedelta(days=ASK_BEFORE_DAYS)


def check_extension(*, now: datetime, due_at: datetime, extensions: int, days: int) -> None:
    """Raise `RuleViolation` unless the firm may have `days` more (V-23: asked five days before, twice, 15 days each)."""
    if extensions >= MOST_EXTENSIONS:
        raise RuleViolation("V-23", msg("评估期限最多延长两次。"))
    if not 1 <= days <= LONGEST_EXTENSION_DAYS:
        raise RuleViolation("V-23", msg("每次延长不得超过十五日。"))
    if now > last_moment_to_ask(due_at):
        raise RuleViolation("V-23", msg("延长评估期限须在期限届满五日前申请。"))


def extended(due_at: datetime, days: int) -> Period:
    """The new end of the period."""
    return period_of_days(due_at - timedelta(microseconds=1), days)

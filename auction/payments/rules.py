"""What a bank line pays for, what to do with it, and how money that went astray is dealt with (B-30, B-33, B-70, M-06). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_PAUSE = timedelta(hours=2)


class Verdict(StrEnum):
    """What becomes of a line."""

    BOOK = "book"
    WRONG_NAME = "wrong_name"
    LATE = "late"
    SALE_OFF = "sale_off"
    DUPLICATE = "duplicate"
    NOT_EXPECTED = "not_expected"
    UNKNOWN_ACCOUNT = "unknown_account"


class Awaits(StrEnum):
    """Whether a payment to an account number still has an effect."""

    OPEN = "open"
    """Bidding has not ended, or the balance is awaited."""
    ENDED = "ended"
    """Bidding has ended, or the balance is no longer awaited."""
    SALE_OFF = "sale_off"
    """The lot was withdrawn."""
    ENTRY_LEFT = "entry_left"
    """The entry was withdrawn or rejected."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an account number waits for, in fen."""

    due_fen: int
    paid_fen: int
    awaits: Awaits


@dataclass(frozen=True, slots=True)
class Matched:
    """The verdict: how much is booked to what was expected, how much goes back, and whether it is now paid in full."""

    verdict: Verdict
    booked_fen: int = 0
    excess_fen: int = 0
    is_full: bool = False


_NOT_OPEN = {
    Awaits.ENDED: Verdict.LATE,
    Awaits.SALE_OFF: Verdict.SALE_OFF,
    Awaits.ENTRY_LEFT: Verdict.NOT_EXPECTED,
}


def match_payment(expected: Expected | None, *, amount_fen: int, names_agree: bool) -> Matched:
    """Decide about one line of the statement.

    A payer of another name is not accepted (B-30 wants real names). What comes after the end, or twice, goes back whole; what
    is too much is booked and the excess goes back; what is too little is booked and more is awaited.
    """
    if expected is None:
        return Matched(Verdict.UNKNOWN_ACCOUNT, excess_fen=amount_fen)
    if not names_agree:
        return Matched(Verdict.WRONG_NAME, excess_fen=amount_fen)
    if expected.awaits in (Awaits.SALE_OFF, Awaits.ENTRY_LEFT):
        return Matched(_NOT_OPEN[expected.awaits], excess_fen=amount_fen)
    missing = expected.due_fen - expected.paid_fen
    if missing <= 0:
        return Matched(Verdict.DUPLICATE, excess_fen=amount_fen)
    if expected.awaits is not Awaits.OPEN:
        return Matched(_NOT_OPEN[expected.awaits], excess_fen=amount_fen)
    booked = min(amount_fen, missing)
    return Matched(Verdict.BOOK, booked, amount_fen - booked, is_full=booked == missing)


def next_attempt_at(now: datetime, attempts: int, *, first_minutes: int) -> datetime:
    """When a refused order is tried again: after `first_minutes`, then twice as long each time, at most two hours apart."""
    pause = timedelta(minutes=first_minutes << min(attempts - 1, 10))
    return now + min(pause, LONGEST_PAUSE)


class Tier(StrEnum):
    """Who must approve that a line is sent back (M-06)."""

    FINANCE = "finance"
    DIRECTOR = "director"


def return_tier(amount_fen: int, *, limit_fen: int) -> Tier:
    """A second person of finance up to the limit, the director or a vice president above it (M-06)."""
    return Tier.DIRECTOR if amount_fen > limit_fen else Tier.FINANCE


class Suggestion(StrEnum):
    """What the finance page proposes to do with a suspended line."""

    ASSIGN = "assign"
    RETURN = "return"
    ASK_PAYER = "ask_payer"


def suggest(verdict: Verdict, *, fitting_accounts: int) -> Suggestion:
    """The proposal for a line.

    `fitting_accounts`: how many entries of the court still await this payer at most this amount; exactly one of them means a
    mistyped account number.
    """
    if verdict is Verdict.UNKNOWN_ACCOUNT:
        return Suggestion.ASSIGN if fitting_accounts == 1 else Suggestion.ASK_PAYER
    return Suggestion.RETURN


@dataclass(frozen=True, slots=True)
class Taken:
    """How a reversed line is undone, in fen: from the deposit or balance it was booked to, from what waited for its return,
    and what is missing because it had gone on already."""

    from_booked_fen: int
    from_waiting_fen: int
    missing_fen: int


def undo_line(*, amount_fen: int, booked_fen: int, booked_left_fen: int, waiting_left_fen: int) -> Taken:
    """Undo a credit that the bank took back (冲正).

    `booked_left_fen` of the booked part and `waiting_left_fen` of the rest can still be taken; what cannot is missing and has
    to be recovered. The three parts add up to the amount.
    """
    from_booked = min(booked_fen, booked_left_fen)
    from_waiting = min(amount_fen - booked_fen, waiting_left_fen)
    return Taken(from_booked, from_waiting, amount_fen - from_booked - from_waiting)

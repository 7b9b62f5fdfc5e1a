"""What a bank line pays for, and what to do with it (B-30, B-33, B-70). Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What becomes of a line."""

    BOOK = "book"
    WRONG_NAME = "wrong_name"
    LATE = "late"
    DUPLICATE = "duplicate"
    NOT_EXPECTED = "not_expected"
    UNKNOWN_ACCOUNT = "unknown_account"


@dataclass(frozen=True, slots=True)
class Expected:
    """What an account number waits for, in fen."""

    due_fen: int
    paid_fen: int
    is_open: bool
    """Whether the payment still has an effect: bidding has not ended, or the balance is awaited."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The verdict: how much is booked to what was expected, how much goes back, and whether it is now paid in full."""

    verdict: Verdict
    booked_fen: int = 0
    excess_fen: int = 0
    is_full: bool = False


def match_payment(expected: Expected | None, *, amount_fen: int, names_agree: bool) -> Matched:
    """Decide about one line of the statement.

    A payer of another name is not accepted (B-30 wants real names). What comes after the end, or twice, goes back whole; what
    is too much is booked and the excess goes back; what is too little is booked and more is awaited.
    """
    if expected is None:
        return Matched(Verdict.UNKNOWN_ACCOUNT, excess_fen=amount_fen)
    if not names_agree:
        return Matched(Verdict.WRONG_NAME, excess_fen=amount_fen)
    missing = expected.due_fen - expected.paid_fen
    if missing <= 0:
        return Matched(Verdict.DUPLICATE, excess_fen=amount_fen)
    if not expected.is_open:
        return Matched(Verdict.LATE, excess_fen=amount_fen)
    booked = min(amount_fen, missing)
    return Matched(Verdict.BOOK, booked, amount_fen - booked, is_full=booked == missing)

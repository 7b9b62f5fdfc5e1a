"""What a comparison of statement and ledger finds (M-01, M-11). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STUCK_AFTER = timedelta(minutes=10)


class FindingCode(StrEnum):
    """Kinds of differences. Each has its words and its advice on the page."""

    BANK_DIFFERS = "bank_differs"
    PLATFORM_DIFFERS = "platform_differs"
    STATED_DIFFERS = "stated_differs"
    DEPOSITS_DIFFER = "deposits_differ"
    UNCLAIMED_DIFFERS = "unclaimed_differs"
    LINE_STUCK = "line_stuck"
    ORDER_REFUSED = "order_refused"
    REVERSAL_UNKNOWN = "reversal_unknown"
    REVERSAL_MISSING = "reversal_missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: how much (fen; statement less ledger where both exist) and of what (a reference, a lot's number)."""

    code: FindingCode
    amount_fen: int
    subject: str = ""


@dataclass(frozen=True, slots=True)
class LotDeposits:
    """The deposits of one lot: what its entries say is held, and what stands on their accounts, in fen."""

    lot_no: str
    entries_fen: int
    ledger_fen: int


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A statement line that is not done with. `unclaimed_fen`: what stands for it on the account of unclaimed money."""

    bank_reference: str
    amount_fen: int
    is_new: bool
    booked_at: datetime
    unclaimed_fen: int


@dataclass(frozen=True, slots=True)
class RefusedOrder:
    """An order that the bank refused at least once and that is still due."""

    key: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Reversed:
    """A reversal whose line is unknown, or whose money had gone on."""

    bank_reference: str
    amount_fen: int
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class CourtMoney:
    """Everything that is compared for one court. Money in fen.

    `statement_fen`: credits less what was paid and taken back, by the statement's rows; `ledger_fen`: the bank account in the
    ledger. The same for the platform's freezes. `stated_fen` is what the bank itself says, `stated_expected_fen` what the rows
    come to at that moment; both None when nobody entered a balance.
    """

    now: datetime
    statement_fen: int
    ledger_fen: int
    platform_statement_fen: int
    platform_ledger_fen: int
    stated_fen: int | None
    stated_expected_fen: int | None
    deposits: tuple[LotDeposits, ...] = ()
    waiting: tuple[WaitingLine, ...] = ()
    refused: tuple[RefusedOrder, ...] = ()
    reversed: tuple[Reversed, ...] = ()


def compare(money: CourtMoney) -> list[Finding]:
    """Every difference. An empty list is the proof that all agrees."""
    return [*_totals(money), *_parts(money)]


def _totals(money: CourtMoney) -> Iterable[Finding]:
    if money.statement_fen != money.ledger_fen:
        yield Finding(FindingCode.BANK_DIFFERS, money.statement_fen - money.ledger_fen)
    if money.platform_statement_fen != money.platform_ledger_fen:
        yield Finding(FindingCode.PLATFORM_DIFFERS, money.platform_statement_fen - money.platform_ledger_fen)
    if money.stated_fen is not None and money.stated_fen != money.stated_expected_fen:
        yield Finding(FindingCode.STATED_DIFFERS, money.stated_fen - (money.stated_expected_fen or 0))


def _parts(money: CourtMoney) -> Iterable[Finding]:
    for lot in money.deposits:
        if lot.entries_fen != lot.ledger_fen:
            yield Finding(FindingCode.DEPOSITS_DIFFER, lot.entries_fen - lot.ledger_fen, lot.lot_no)
    for line in money.waiting:
        if line.is_new:
            if money.now - line.booked_at > STUCK_AFTER:
                yield Finding(FindingCode.LINE_STUCK, line.amount_fen, line.bank_reference)
        elif line.unclaimed_fen != line.amount_fen:
            yield Finding(
                FindingCode.UNCLAIMED_DIFFERS, line.amount_fen - line.unclaimed_fen, line.bank_reference
            )
    for order in money.refused:
        yield Finding(FindingCode.ORDER_REFUSED, order.amount_fen, order.key)
    for each in money.reversed:
        code = FindingCode.REVERSAL_UNKNOWN if each.is_unknown else FindingCode.REVERSAL_MISSING
        yield Finding(code, each.amount_fen, each.bank_reference)

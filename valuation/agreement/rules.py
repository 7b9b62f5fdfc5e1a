"""Comparing the parties' prices (V-02). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from valuation.rules import latest_validity
from valuation.ways.models import StepOutcome


@dataclass(frozen=True, slots=True)
class Entry:
    """What a party said: a price in fen, or a refusal (None). `valid_until`: how long the price shall hold, if said."""

    price_fen: int | None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the agreement ends: `outcome` PRICED with the price, or the reason why there is none."""

    outcome: StepOutcome
    price_fen: int | None = None


def compare(parties: Sequence[UUID], entries: Mapping[UUID, Entry], *, is_due: bool) -> Comparison | None:
    """The end of the agreement, or None while it waits for somebody.

    One refusal ends it at once; silence ends it with the period; all prices equal make the price (V-02).
    """
    said = [entries[party] for party in parties if party in entries]
    if any(entry.price_fen is None for entry in said):
        return Comparison(StepOutcome.REFUSED)
    if len(said) < len(parties):
        return Comparison(StepOutcome.SILENT) if is_due else None
    prices = {entry.price_fen for entry in said}
    if len(prices) != 1:
        return Comparison(StepOutcome.UNEQUAL)
    return Comparison(StepOutcome.PRICED, said[0].price_fen)


def agreed_validity(entries: Sequence[Entry], today: date) -> date:
    """How long the agreed price holds: the earliest day that a party named, at most a year (V-33)."""
    named = [entry.valid_until for entry in entries if entry.valid_until is not None]
    return min([*named, latest_validity(today)])

"""Restore prices that a published file cut off, the same way every time. Pure.

Nothing is drawn by lot: a fraction is taken from the hash of the lot's key, so the same file gives the same city anywhere.
"""

from dataclasses import dataclass
from hashlib import sha256

from auction.listing.models import Round

FIRST_RATES = (70, 70, 75, 80, 80, 90, 100)
"""Starting prices in percent of the valuation, as often as panels choose them."""


@dataclass(frozen=True, slots=True)
class RestoredPrices:
    """Prices in fen that keep V-40, V-41 and B-30 with the deposit of the file."""

    valuation_fen: int
    starting_price_fen: int
    previous_start_fen: int | None


def spread(key: str, purpose: str) -> float:
    """A fraction in [0, 1) that only depends on key and purpose."""
    return int.from_bytes(sha256(f"{purpose}:{key}".encode()).digest()[:6]) / 2**48


def restore_prices(
    key: str, round_: Round, *, low_fen: int, high_fen: int, deposit_fen: int, truncated_value: int
) -> RestoredPrices | None:
    """Prices for a lot whose starting price lies in [low, high] and whose deposit is known; None when none fits.

    `truncated_value` is the valuation cut at its first thousands separator (516 for 516 xxx, 3 for 3 xxx xxx, 0 unknown).
    """
    low, high = max(low_fen, deposit_fen * 5), min(high_fen + 99, deposit_fen * 20)
    if low > high:
        return None
    start = low + int(spread(key, "start") * (high - low + 1))
    highest_first = start if round_ is Round.FIRST else start * 5 // 4
    lowest, highest = start, highest_first * 100 // 70
    value = _within(_value_ranges(truncated_value), lowest, highest, spread(key, "value"))
    if value is None:
        rate = FIRST_RATES[int(spread(key, "rate") * len(FIRST_RATES))]
        value = min(max(start * 100 // rate, lowest), highest)
        if round_ is not Round.FIRST:
            value = min(max(value * 5 // 4, lowest), highest)
    previous = None if round_ is Round.FIRST else min(start * 5 // 4, value)
    return RestoredPrices(value, start, previous)


def _value_ranges(truncated: int) -> list[tuple[int, int]]:
    """What a cut-off valuation may have been, in fen: thousands or millions of yuan."""
    if truncated <= 0:
        return []
    return [(truncated * unit * 100, (truncated + 1) * unit * 100 - 1) for unit in (1_000, 1_000_000)]


def _within(ranges: list[tuple[int, int]], lowest: int, highest: int, fraction: float) -> int | None:
    for low, high in ranges:
        low, high = max(low, lowest), min(high, highest)
        if low <= high:
            return low + int(fraction * (high - low + 1))
    return None

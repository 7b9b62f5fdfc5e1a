"""The enforcement fee and the doubled interest (M-09, M-10). Pure; money in fen."""

from collections.abc import Iterable
from datetime import date

from core.money import share

FEE_FLAT_FEN = 50_00
FEE_BANDS = (
    (10_000_00, 0),
    (500_000_00, 150),
    (5_000_000_00, 100),
    (10_000_000_00, 50),
    (None, 10),
)
"""The top of each band in fen and its rate in ten-thousandths (S15 art. 14)."""
DOUBLED_RATE = 175
"""0.0175 % a day, in millionths (S10 art. 1)."""


def enforcement_fee_fen(executed_fen: int) -> int:
    """The fee on what was executed: 50 yuan to ten thousand, then 1.5 %, 1 %, 0.5 % and 0.1 % of each band (M-09)."""
    if executed_fen <= 0:
        return 0
    fee, below = FEE_FLAT_FEN * 10_000, 0
    for top, rate in FEE_BANDS:
        within = executed_fen - below if top is None else min(executed_fen, top) - below
        fee += max(0, within) * rate
        below = top or below
    return share(fee, 1, 10_000)


def further_fee_fen(executed_before_fen: int, executed_now_fen: int) -> int:
    """What a further sale of the same case adds: a case pays one fee on everything that was executed in it."""
    return enforcement_fee_fen(executed_before_fen + executed_now_fen) - enforcement_fee_fen(
        executed_before_fen
    )


def doubled_interest_fen(
    principal_fen: int, *, since: date, until: date, stops: Iterable[tuple[date, date]] = ()
) -> int:
    """Doubled interest on an unpaid principal from `since` to `until`, both days counted once, less the days of `stops` that the
    debtor did not cause (M-10). `until` is the day on which the sale ruling took effect."""
    days = max(0, (until - since).days)
    counted: set[int] = set()
    for first, last in stops:
        start, end = max(first, since), min(last, until)
        counted.update(range(start.toordinal(), end.toordinal()))
    return share(principal_fen * max(0, days - len(counted)), DOUBLED_RATE, 1_000_000)

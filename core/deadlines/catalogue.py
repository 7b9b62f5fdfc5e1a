"""Every clock of the service as data: the rows of rulebook §12.1 by number, and the clocks that it does not number."""

import re

from core.deadlines.row import Statutory
from core.deadlines.rows_after_the_sale import ROWS as AFTER_THE_SALE
from core.deadlines.rows_to_the_sale import ROWS as TO_THE_SALE
from core.deadlines.rows_without_number import ROWS as WITHOUT_NUMBER

STATUTORY: dict[str, Statutory] = {row.id: row for row in (*TO_THE_SALE, *AFTER_THE_SALE)}
"""The rows of §12.1 by id."""

UNNUMBERED: dict[str, Statutory] = {row.id: row for row in WITHOUT_NUMBER}
"""The others by id."""

CLOCKS: dict[str, Statutory] = STATUTORY | UNNUMBERED

LAPSING = frozenset(row.id for row in CLOCKS.values() if row.lapses)
"""Clocks whose end leaves nobody late."""

_NUMBER = re.compile(r"[A-Z]-\d+|§\d+-\d+")


def rule_number(clock: str) -> str:
    """The rule of the rulebook that a clock belongs to: `L-35复议` is counted within L-35."""
    found = _NUMBER.match(clock)
    return found[0] if found else "§1"

"""Every difference between statement and ledger is named, and none where they agree (M-11)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auction.reconciliation.rules import (
    CourtMoney,
    FindingCode,
    LotDeposits,
    RefusedOrder,
    Reversed,
    WaitingLine,
    compare,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)
AGREES = CourtMoney(
    NOW, 1_000, 1_000, 50, 50, 1_000, 1_000,
    deposits=(LotDeposits("L1", 700, 700),),
    waiting=(WaitingLine("r1", 300, False, NOW, 300), WaitingLine("r2", 9, True, NOW, 0)),
)  # fmt: skip


def test_agreement_is_an_empty_list() -> None:
    assert compare(AGREES) == []
    assert compare(replace(AGREES, stated_fen=None, stated_expected_fen=None)) == []


@pytest.mark.parametrize(
    ("changes", "code", "amount"),
    [
        ({"ledger_fen": 990}, FindingCode.BANK_DIFFERS, 10),
        ({"platform_ledger_fen": 60}, FindingCode.PLATFORM_DIFFERS, -10),
        ({"stated_fen": 1_005}, FindingCode.STATED_DIFFERS, 5),
        ({"deposits": (LotDeposits("L1", 700, 600),)}, FindingCode.DEPOSITS_DIFFER, 100),
        ({"waiting": (WaitingLine("r1", 300, False, NOW, 0),)}, FindingCode.UNCLAIMED_DIFFERS, 300),
        (
            {"waiting": (WaitingLine("r2", 9, True, NOW - timedelta(minutes=11), 0),)},
            FindingCode.LINE_STUCK,
            9,
        ),
        ({"refused": (RefusedOrder("k", 5),)}, FindingCode.ORDER_REFUSED, 5),
        ({"reversed": (Reversed("b", 7, True),)}, FindingCode.REVERSAL_UNKNOWN, 7),
        ({"reversed": (Reversed("b", 7, False),)}, FindingCode.REVERSAL_MISSING, 7),
    ],
)
def test_each_difference_is_named_with_its_amount(
    changes: dict[str, Any], code: FindingCode, amount: int
) -> None:
    (finding,) = compare(replace(AGREES, **changes))
    assert (finding.code, finding.amount_fen) == (code, amount)

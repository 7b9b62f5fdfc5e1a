"""Add up both sides: the statement's rows, and the ledger. One statement, so that all of it is of one moment."""

from typing import Any, TypeVar

import msgspec
from sqlalchemy import text

from auction.reconciliation.rules import (
    CourtMoney,
    LotDeposits,
    RefusedOrder,
    Reversed,
    WaitingLine,
)
from core.database import Work

RECENT_DAYS = 60
"""Deposits of lots that ended longer ago are not added up again and again: they were compared while they were held."""

# What the rows come to: credits, less what was paid and what the bank took back.
_ROWS = """
  coalesce((SELECT sum(amount_fen) FROM bank_line
             WHERE court_code = :court AND channel = 'bank' {lines}), 0)
+ coalesce((SELECT sum(CASE WHEN kind = 'deposit_capture' THEN amount_fen
                            WHEN channel = 'bank' THEN -amount_fen ELSE 0 END)
              FROM payment_order WHERE court_code = :court AND state = 'executed' {orders}), 0)
- coalesce((SELECT sum(amount_fen) FROM bank_reversal AS reversal
             WHERE court_code = :court {reversals}), 0)
"""

_BOOKED = """
AND EXISTS (SELECT FROM ledger_entry
             WHERE key IN ('reversal:' || reversal.id, 'reversal-unknown:' || reversal.id))
"""

_ACCOUNT = """
coalesce((SELECT sum(posting.amount_fen) FROM ledger_account AS account
            JOIN ledger_posting AS posting ON posting.account_id = account.id
           WHERE account.code = {code}), 0)
"""

_DEPOSITS = """
SELECT lot.lot_no,
       (SELECT coalesce(sum(CASE
                 WHEN entry.deposit_state IN ('partial', 'received', 'frozen', 'prepaid_full')
                 THEN entry.deposit_paid_fen
                 WHEN entry.deposit_state = 'refund_due'
                 THEN (SELECT coalesce(sum(amount_fen), 0) FROM payment_order
                        WHERE registration_id = entry.id AND kind = 'deposit_refund' AND state = 'due')
                 ELSE 0 END), 0)
          FROM registration AS entry WHERE entry.lot_id = lot.id) AS entries_fen,
       (SELECT coalesce(-sum(posting.amount_fen), 0) FROM ledger_account AS account
          JOIN ledger_posting AS posting ON posting.account_id = account.id
         WHERE account.lot_id = lot.id AND account.kind = 'deposit_held') AS ledger_fen
  FROM lot
 WHERE lot.court_code = :court AND lot.published_at IS NOT NULL
   AND (lot.ended_at IS NULL OR lot.ended_at > CAST(:now AS timestamptz) - make_interval(days => :recent))
"""

_WAITING = f"""
SELECT line.bank_reference, line.amount_fen, line.state = 'new' AS is_new, line.booked_at,
       -{_ACCOUNT.format(code="'unclaimed:' || line.id")} AS unclaimed_fen
  FROM bank_line AS line
 WHERE line.court_code = :court AND line.state IN ('new', 'suspended', 'return_proposed')
 ORDER BY line.booked_at LIMIT 1000
"""  # noqa: S608 -- put together from constants

_REFUSED = """
SELECT key, amount_fen FROM payment_order
 WHERE court_code = :court AND state = 'due' AND attempts > 0 ORDER BY due_at LIMIT 200
"""

_REVERSED = """
SELECT bank_reference, CASE WHEN state = 'unmatched' THEN amount_fen ELSE missing_fen END AS amount_fen,
       state = 'unmatched' AS is_unknown
  FROM bank_reversal WHERE court_code = :court AND (state = 'unmatched' OR missing_fen > 0)
 ORDER BY booked_at DESC LIMIT 200
"""


Row = TypeVar("Row")


def _all(rows: str, condition: str = "true") -> str:
    return f"(SELECT coalesce(json_agg(each), '[]') FROM ({rows}) AS each WHERE {condition})"  # noqa: S608


_BOTH_SIDES = f"""
WITH stated AS (
    SELECT as_of, balance_fen FROM stated_balance WHERE court_code = :court ORDER BY as_of DESC, id DESC LIMIT 1
)
SELECT {_ROWS.format(lines="AND state <> 'new'", orders="", reversals=_BOOKED)} AS statement_fen,
       {_ACCOUNT.format(code="'bank:' || :court")} AS ledger_fen,
       coalesce((SELECT sum(amount_fen) FROM bank_line
                  WHERE court_code = :court AND channel = 'platform' AND state <> 'new'), 0)
     - coalesce((SELECT sum(amount_fen) FROM payment_order
                  WHERE court_code = :court AND channel = 'platform' AND state = 'executed'), 0)
       AS platform_statement_fen,
       {_ACCOUNT.format(code="'platform_frozen:' || :court")} AS platform_ledger_fen,
       (SELECT balance_fen FROM stated) AS stated_fen,
       (SELECT {
    _ROWS.format(
        lines="AND booked_at <= stated.as_of",
        orders="AND executed_at <= stated.as_of",
        reversals="AND booked_at <= stated.as_of",
    )
} FROM stated) AS stated_expected_fen,
       {_all(_DEPOSITS, "entries_fen <> 0 OR ledger_fen <> 0")} AS deposits,
       {_all(_WAITING)} AS waiting, {_all(_REFUSED)} AS refused, {_all(_REVERSED)} AS reversed
"""  # noqa: S608 -- put together from constants


async def gather(work: Work, court_code: str) -> CourtMoney:
    """Both sides of a court's money now."""
    values = {"court": court_code, "now": work.now, "recent": RECENT_DAYS}
    row = (await work.session.execute(text(_BOTH_SIDES), values)).one()
    return CourtMoney(
        now=work.now,
        statement_fen=int(row.statement_fen),
        ledger_fen=int(row.ledger_fen),
        platform_statement_fen=int(row.platform_statement_fen),
        platform_ledger_fen=int(row.platform_ledger_fen),
        stated_fen=row.stated_fen,
        stated_expected_fen=None if row.stated_expected_fen is None else int(row.stated_expected_fen),
        deposits=_read(row.deposits, LotDeposits),
        waiting=_read(row.waiting, WaitingLine),
        refused=_read(row.refused, RefusedOrder),
        reversed=_read(row.reversed, Reversed),
    )


def _read(rows: Any, kind: type[Row]) -> tuple[Row, ...]:
    return msgspec.convert(rows, tuple[kind, ...])  # type: ignore[valid-type]

"""What the ledger says: balances of a lot or case, its entries, and the proof that everything sums to zero."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core.database import Work


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One account with its balance in fen (debits minus credits)."""

    code: str
    kind: str
    balance_fen: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of the journal."""

    booked_at: datetime
    key: str
    description: str
    rule: str | None
    account: str
    kind: str
    amount_fen: int


async def account_balances(
    work: Work, *, lot_id: UUID | None = None, case_id: UUID | None = None
) -> list[AccountBalance]:
    """The accounts of a lot or case with their balances; of everything when neither is named."""
    rows = await work.session.execute(
        text(
            """
            SELECT account.code, account.kind, sum(posting.amount_fen) AS balance
            FROM ledger_account AS account JOIN ledger_posting AS posting ON posting.account_id = account.id
            WHERE (CAST(:lot_id AS uuid) IS NULL OR account.lot_id = :lot_id)
              AND (CAST(:case_id AS uuid) IS NULL OR account.case_id = :case_id)
            GROUP BY account.id ORDER BY account.kind, account.code
            """
        ),
        {"lot_id": lot_id, "case_id": case_id},
    )
    return [AccountBalance(row.code, row.kind, int(row.balance)) for row in rows]


async def entries_of(work: Work, *, lot_id: UUID, limit: int = 500) -> list[EntryLine]:
    """All lines of the entries that touch an account of the lot, oldest first."""
    rows = await work.session.execute(
        text(
            """
            SELECT entry.booked_at, entry.key, entry.description, entry.rule, account.code, account.kind, posting.amount_fen
            FROM ledger_entry AS entry
            JOIN ledger_posting AS posting ON posting.entry_id = entry.id
            JOIN ledger_account AS account ON account.id = posting.account_id
            WHERE entry.id IN (
                SELECT p.entry_id FROM ledger_posting AS p JOIN ledger_account AS a ON a.id = p.account_id
                WHERE a.lot_id = :lot_id)
            ORDER BY entry.booked_at, entry.id, posting.line LIMIT :limit
            """
        ),
        {"lot_id": lot_id, "limit": limit},
    )
    return [
        EntryLine(row.booked_at, row.key, row.description, row.rule, row.code, row.kind, row.amount_fen)
        for row in rows
    ]


async def trial_balance(work: Work) -> dict[str, int]:
    """The sum of every kind of account. The values add up to zero."""
    rows = await work.session.execute(
        text(
            """
            SELECT account.kind, sum(posting.amount_fen) AS total
            FROM ledger_posting AS posting JOIN ledger_account AS account ON account.id = posting.account_id
            GROUP BY account.kind ORDER BY account.kind
            """
        )
    )
    return {row.kind: int(row.total) for row in rows}

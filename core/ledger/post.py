"""Book an entry, reverse one, read a balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from core.database import Work
from core.errors import Conflict, NotFound
from core.i18n import msg
from core.ids import new_id
from core.ledger.models import ASSET_KINDS, AccountKind, LedgerAccount, LedgerEntry, LedgerPosting


@dataclass(frozen=True, slots=True)
class AccountRef:
    """Names an account by kind and owner (a registration, lot, case or court code); made on its first booking."""

    kind: AccountKind
    owner: str
    lot_id: UUID | None = None
    case_id: UUID | None = None

    @property
    def code(self) -> str:
        """`deposit_held:0190…`."""
        return f"{self.kind}:{self.owner}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: plus debits the account, minus credits it. Money that arrives debits the bank and credits its owner."""

    account: AccountRef
    amount_fen: int


async def post(
    work: Work, *, key: str, description: str, lines: Sequence[Line], rule: str | None = None
) -> LedgerEntry:
    """Book an entry of at least two lines that sum to zero.

    The same key with the same lines again returns the entry that stands. Raises `Conflict` when the key stands for other
    lines or an account has less than is taken from it (M-11), `ValueError` when the lines do not balance (the database
    would refuse them at commit too).
    """
    if (
        len(lines) < 2
        or sum(line.amount_fen for line in lines) != 0
        or any(line.amount_fen == 0 for line in lines)
    ):
        raise ValueError(f"entry {key} does not balance: {[line.amount_fen for line in lines]}")
    entry_id = new_id()
    inserted = await work.session.execute(
        insert(LedgerEntry)
        .values(id=entry_id, key=key, description=description, rule=rule, booked_at=work.now)
        .on_conflict_do_nothing(constraint="ledger_entry_key")
        .returning(col(LedgerEntry.id))
    )
    ids = {code: await _account_id(work, account) for code, account in sorted(_by_code(lines).items())}
    booked = [(ids[line.account.code], line.amount_fen) for line in lines]
    if inserted.first() is None:
        return await _standing_entry(work, key, booked)
    await _write_lines(work, entry_id, booked)
    return await work.session.get_one(LedgerEntry, entry_id)


def _by_code(lines: Sequence[Line]) -> dict[str, AccountRef]:
    return {line.account.code: line.account for line in lines}


async def _write_lines(work: Work, entry_id: UUID, booked: Sequence[tuple[UUID, int]]) -> None:
    """Write the lines; nothing but assets may be debited beyond what stands on it (M-11)."""
    debited = [account for account, amount in booked if amount > 0]
    locked = await work.session.exec(
        select(LedgerAccount)
        .where(col(LedgerAccount.id).in_(debited), col(LedgerAccount.kind).not_in(ASSET_KINDS))
        .order_by(col(LedgerAccount.code))
        .with_for_update(key_share=True)
    )
    guarded = {account.id: account.code for account in locked}
    await work.session.execute(
        insert(LedgerPosting),
        [
            {"entry_id": entry_id, "line": number, "account_id": account, "amount_fen": amount}
            for number, (account, amount) in enumerate(booked, start=1)
        ],
    )
    if not guarded:
        return
    overdrawn = await work.session.exec(
        select(LedgerPosting.account_id)
        .where(col(LedgerPosting.account_id).in_(guarded))
        .group_by(col(LedgerPosting.account_id))
        .having(func.sum(LedgerPosting.amount_fen) > 0)
    )
    for account in overdrawn:
        raise Conflict(
            msg("账户 {account} 的余额不足，请先核对已入账与已支付的款项。", account=guarded[account]),
            rule="M-11",
        )


async def _standing_entry(work: Work, key: str, wanted: list[tuple[UUID, int]]) -> LedgerEntry:
    entry = (await work.session.exec(select(LedgerEntry).where(LedgerEntry.key == key))).one()
    stands = await work.session.exec(
        select(LedgerPosting.account_id, LedgerPosting.amount_fen)
        .where(LedgerPosting.entry_id == entry.id)
        .order_by(col(LedgerPosting.line))
    )
    if [tuple(row) for row in stands] != wanted:
        raise Conflict(msg("该笔账目（{key}）已按不同金额入账，请先核对原账目。", key=key), rule="M-01")
    return entry


async def _account_id(work: Work, account: AccountRef) -> UUID:
    known = select(LedgerAccount.id).where(LedgerAccount.code == account.code)
    found = (await work.session.exec(known)).first()
    if found is not None:
        return found
    await work.session.execute(
        insert(LedgerAccount)
        .values(
            id=new_id(), code=account.code, kind=account.kind, lot_id=account.lot_id, case_id=account.case_id
        )
        .on_conflict_do_nothing(constraint="ledger_account_code")
    )
    return (await work.session.exec(known)).one()


async def reverse(work: Work, *, key: str, reason: str) -> LedgerEntry:
    """Book the opposite of an entry. Doing it twice changes nothing.

    Raises `NotFound` for an unknown key, `Conflict` when the money has gone on since (M-11).
    """
    entry = (await work.session.exec(select(LedgerEntry).where(LedgerEntry.key == key))).first()
    if entry is None:
        raise NotFound(msg("没有找到账目 {key}。", key=key))
    reversal_id = new_id()
    inserted = await work.session.execute(
        insert(LedgerEntry)
        .values(
            id=reversal_id,
            key=f"reversal:{entry.id}",
            description=reason[:200],
            rule=entry.rule,
            booked_at=work.now,
            reverses_id=entry.id,
        )
        .on_conflict_do_nothing(constraint="ledger_entry_reversed_once")
        .returning(col(LedgerEntry.id))
    )
    if inserted.first() is None:
        return (await work.session.exec(select(LedgerEntry).where(LedgerEntry.reverses_id == entry.id))).one()
    lines = await work.session.exec(
        select(LedgerPosting).where(LedgerPosting.entry_id == entry.id).order_by(col(LedgerPosting.line))
    )
    await _write_lines(work, reversal_id, [(line.account_id, -line.amount_fen) for line in lines])
    return await work.session.get_one(LedgerEntry, reversal_id)


async def balance(work: Work, account: AccountRef) -> int:
    """Fen on the account: debits minus credits. Money owed to somebody is negative."""
    total = await work.session.exec(
        select(func.coalesce(func.sum(LedgerPosting.amount_fen), 0))
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerPosting.account_id))
        .where(LedgerAccount.code == account.code)
    )
    return int(total.one())

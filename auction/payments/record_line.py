"""Record what the bank or the platform tells: a credit, a freeze, or a credit taken back; then have it matched."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import select

from auction.payments.match import match_bank_line
from auction.payments.models import BankLine, BankReversal, MoneyChannel
from auction.payments.reversal import apply_reversal
from auction.registration.identity import bidder_cipher, name_match
from auction.risk_signals.traces import note_funding
from core.database import Work
from core.errors import Conflict, InvalidInput
from core.i18n import msg
from core.identity import Permission, require
from core.ids import new_id


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line as the bank tells it; money in fen. `reverses`: the reference of the credit that the bank takes back (冲正).
    `payer_account`: the account that the money came from, where the bank tells it."""

    reference: str
    virtual_account_no: str
    amount_fen: int
    payer_name: str
    booked_at: datetime
    reverses: str | None = None
    payer_account: str = ""


async def record_statement_line(work: Work, court_code: str, line: StatementLine) -> bool:
    """Record a line of a statement, whichever kind it is; whether it is a new one, or was recorded before and changes nothing.

    Raises as `record_bank_line` and `record_reversal` do.
    """
    kind = BankReversal if line.reverses else BankLine
    known = await work.session.exec(select(kind.id).where(kind.bank_reference == line.reference))
    is_new = known.first() is None
    if line.reverses:
        await record_reversal(work, court_code, line)
    else:
        await record_bank_line(work, court_code, line)
    return is_new


async def record_bank_line(
    work: Work,
    court_code: str,
    line: StatementLine,
    *,
    channel: MoneyChannel = MoneyChannel.BANK,
    is_demo: bool = False,
) -> BankLine:
    """Record a credit (or, on the channel of the platform, a freeze) and have it matched.

    The same reference again returns the line that stands. Raises `NotPermitted`, `InvalidInput` (amount, dates in the future),
    `Conflict` (same reference, other content).
    """
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    _check(work, line)
    await _one_at_a_time(work, line)
    standing = (
        await work.session.exec(select(BankLine).where(BankLine.bank_reference == line.reference))
    ).first()
    if standing is not None:
        if (standing.amount_fen, standing.virtual_account_no) != (line.amount_fen, line.virtual_account_no):
            raise _other_content(line)
        return standing
    line_id = new_id()
    booked = BankLine(
        id=line_id,
        bank_reference=line.reference,
        court_code=court_code,
        channel=channel,
        virtual_account_no=line.virtual_account_no,
        amount_fen=line.amount_fen,
        payer_sealed=bidder_cipher().encrypt(line.payer_name, bound_to=str(line_id)),
        payer_match=name_match(line.payer_name),
        booked_at=line.booked_at,
        is_demo=is_demo,
    )
    work.session.add(booked)
    await work.session.flush()
    await note_funding(work, line_id, line.payer_account)
    await match_bank_line.later(work, key=str(line_id), line_id=line_id)
    return booked


async def record_reversal(work: Work, court_code: str, line: StatementLine) -> BankReversal:
    """Record that the bank has taken a credit back, and have it applied. The same reference again changes nothing.

    Raises `NotPermitted`, `InvalidInput`, `Conflict` (same reference, other content).
    """
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    _check(work, line)
    assert line.reverses
    await _one_at_a_time(work, line)
    standing = (
        await work.session.exec(select(BankReversal).where(BankReversal.bank_reference == line.reference))
    ).first()
    if standing is not None:
        if (standing.amount_fen, standing.reverses_reference) != (line.amount_fen, line.reverses):
            raise _other_content(line)
        return standing
    reversal = BankReversal(
        id=new_id(),
        bank_reference=line.reference,
        reverses_reference=line.reverses,
        court_code=court_code,
        amount_fen=line.amount_fen,
        booked_at=line.booked_at,
    )
    work.session.add(reversal)
    await work.session.flush()
    await apply_reversal.later(work, key=str(reversal.id), reversal_id=reversal.id)
    return reversal


async def _one_at_a_time(work: Work, line: StatementLine) -> None:
    """Two people may read the same statement in at once: the second waits and finds what the first has recorded."""
    await work.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:reference, 13))"), {"reference": line.reference}
    )


def _check(work: Work, line: StatementLine) -> None:
    if line.amount_fen <= 0:
        raise InvalidInput(msg("入账金额必须大于零。"), fields={"amount": msg("入账金额必须大于零。")})
    if line.booked_at > work.now:
        raise InvalidInput(msg("入账时间不能晚于现在。"), fields={"booked_at": msg("入账时间不能晚于现在。")})


def _other_content(line: StatementLine) -> Conflict:
    return Conflict(
        msg("流水号 {reference} 已入账且内容不同，请核对。", reference=line.reference), rule="M-01"
    )

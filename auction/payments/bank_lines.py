"""Lines of the bank statement: reading them, and telling the audit chain what became of them."""

from uuid import UUID

from sqlmodel import col, select

from auction.payments.models import BankLine, BankLineState
from core.audit import record
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require


async def open_lines(work: Work, court_code: str, *, limit: int = 100) -> list[BankLine]:
    """Lines of a court that wait or fit nothing, oldest first. Payers stay sealed."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    rows = await work.session.exec(
        select(BankLine)
        .where(
            BankLine.court_code == court_code,
            col(BankLine.state).in_(
                [BankLineState.NEW, BankLineState.SUSPENDED, BankLineState.RETURN_PROPOSED]
            ),
        )
        .order_by(col(BankLine.booked_at))
        .limit(limit)
    )
    return list(rows)


async def line_for_update(work: Work, line_id: UUID) -> BankLine:
    """A line, locked. Raises `NotFound`."""
    line = await work.session.get(BankLine, line_id, with_for_update=True)
    if line is None:
        raise NotFound(msg("没有找到该笔银行流水。"))
    return line


async def note_line(work: Work, line: BankLine, event: str) -> None:
    """Tell the audit chain what became of a line; never whose it is (P-01)."""
    await record(
        work, event, stream=f"bank:{line.court_code}", rule="M-01", reference=line.bank_reference,
        amount_fen=line.amount_fen, problem=line.problem,
    )  # fmt: skip

"""The buyer tells the court which bank will pay, by which approval and when (B-76)."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from auction.listing.note import note_lot
from auction.loans.models import PurchaseLoan
from auction.registration.tell import work_as_nobody
from auction.settlement.models import SettlementState
from auction.settlement.queries import own_sale
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Role
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text


async def enter_loan(
    work: Work, lot_no: str, *, bank: str, approval_no: str, promised_on: date
) -> PurchaseLoan:
    """Enter or correct the loan of the own purchase while its balance is awaited. The deadline does not move by it.

    Raises `NotFound` for anybody but the buyer (P-01), `InvalidInput` by field, `RuleViolation` once paid or over.
    """
    sale = await own_sale(work, lot_no)
    if sale.settlement.state != SettlementState.AWAIT_BALANCE:
        raise RuleViolation("B-76", msg("价款已付清或者成交已不存在，不需要登记贷款。"))
    fields: dict[str, Message] = {}
    bank = clean_text(bank, "bank", fields, longest=100)
    approval_no = clean_text(approval_no, "approval_no", fields, longest=80)
    if promised_on < day_in_court(work.now):
        fields["promised_on"] = msg("放款日期不能在今天以前。")
    if fields:
        raise InvalidInput(msg("贷款信息有误，请按提示修改。"), fields=fields, rule="B-76")
    loan = await work.session.get(PurchaseLoan, sale.lot.id, with_for_update=True)
    if loan is None:
        loan = PurchaseLoan(
            lot_id=sale.lot.id,
            bank=bank,
            approval_no=approval_no,
            promised_on=promised_on,
            entered_at=work.now,
            changed_at=work.now,
        )
        work.session.add(loan)
    loan.bank, loan.approval_no, loan.promised_on, loan.changed_at = bank, approval_no, promised_on, work.now
    await note_lot(
        work_as_nobody(work), sale.lot, "sale.loan_entered", "B-76", promised_on=promised_on.isoformat()
    )
    if is_too_late(promised_on, due_on=day_in_court(sale.settlement.balance_due_at)):
        await tell_court(
            work,
            sale.lot.court_code,
            Role.CASE_OFFICER,
            Role.DISPOSAL_TEAM,
            Role.FINANCE,
            key=f"loan:{sale.lot.id}:{promised_on.isoformat()}",
            title=msg("贷款放款晚于付款期限"),
            body=msg(
                "“{title}”的买受人登记的放款日 {day} 晚于付款期限，期限不因此延长。",
                title=sale.lot.title,
                day=promised_on.isoformat(),
            ),
            link=f"/team/settlements/{lot_no}",
        )
    return loan


def is_too_late(promised_on: date, *, due_on: date) -> bool:
    """Whether the bank promises to pay only after the balance is due; `due_on` is the day after the last one. Pure."""
    return promised_on >= due_on


async def loan_of(work: Work, lot_id: UUID) -> PurchaseLoan | None:
    """The loan of a sale. The caller has checked who asks."""
    return await work.session.get(PurchaseLoan, lot_id)


async def loans_of(work: Work, lot_ids: list[UUID]) -> dict[UUID, PurchaseLoan]:
    """The loans of several sales. The caller has checked who asks."""
    rows = await work.session.exec(select(PurchaseLoan).where(col(PurchaseLoan.lot_id).in_(lot_ids)))
    return {loan.lot_id: loan for loan in rows}

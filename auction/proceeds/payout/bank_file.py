"""Files of approved payments for the bank, and what it answers; every payment leaves once (M-04)."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.payments.accounts import bank_account
from auction.payments.models import PaymentOrder, PaymentOrderKind, PaymentOrderState
from auction.proceeds.accounts import open_account_of, owed_account
from auction.proceeds.payout import rules
from auction.proceeds.payout.finish import finish_when_paid
from auction.proceeds.payout.models import Payout, PayoutFile, PayoutState
from auction.proceeds.payout.queries import approved_payouts, payout_for_update
from auction.proceeds.queries import note_proceeds
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.ids import new_id
from core.ledger import Line, post
from core.notices import notify

S = PayoutState
HEADINGS = ("付款编号", "收款人", "开户行", "收款账号", "金额（元）", "用途")
RESULT_HEADINGS = ("付款编号", "结果", "银行流水号或退回原因")
PAID_WORDS = frozenset({"成功", "已支付", "success", "paid"})
BOUNCED_WORDS = frozenset({"失败", "退回", "退票", "failed", "bounced"})


async def make_payout_file(work: Work, court_code: str) -> PayoutFile:
    """Put every approved payment of the court into one file for the bank. Raises `RuleViolation` when there is none."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    ids = [each.id for each in await approved_payouts(work, court_code)]
    payouts = list(
        await work.session.exec(
            select(Payout)
            .where(col(Payout.id).in_(ids), Payout.state == S.APPROVED)
            .order_by(col(Payout.created_at), col(Payout.id))
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )
    if not payouts:
        raise RuleViolation("M-04", msg("没有已批准、待支付的款项。"))
    file_id = new_id()
    file = PayoutFile(
        id=file_id,
        number=f"{work.now.astimezone(COURT_ZONE):%Y%m%d}-{court_code}-{file_id.hex[-6:]}",
        court_code=court_code,
        count=len(payouts),
        total_fen=sum(each.amount_fen for each in payouts),
        made_by=work.actor.account_id,
        made_at=work.now,
    )
    work.session.add(file)
    await work.session.flush()
    for each in payouts:
        each.state, each.file_id, each.attempts = S.SENT, file.id, each.attempts + 1
        each.reference = f"P{new_id().hex[-18:]}"
    return file


async def file_content(work: Work, file_id: UUID, kind: str) -> tuple[str, bytes]:
    """Name and content of a file, as CSV or XLSX. For finance of its court alone: account numbers stand in it in clear.

    Raises `NotFound`, `NotPermitted`.
    """
    file = await work.session.get(PayoutFile, file_id)
    if file is None or file.court_code != work.actor.court_code:
        raise NotFound(msg("没有找到该付款文件。"), rule="P-03")
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=file.court_code)
    rows = await work.session.exec(
        select(Payout).where(Payout.file_id == file.id).order_by(col(Payout.created_at), col(Payout.id))
    )
    table = []
    for each in rows:
        assert each.payee_sealed is not None
        account = open_account_of(each.payee_sealed, each.id)
        fen = each.amount_fen
        table.append(
            (
                each.reference or "",
                account.holder,
                account.bank,
                account.number,
                f"{fen // 100}.{fen % 100:02}",
                f"执行款 {rules.KIND_LABELS[each.kind]}",  # type: ignore[index]
            )
        )
    return f"payout-{file.number}.{kind}", {"csv": _csv, "xlsx": _xlsx}[kind](table)


def _csv(table: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([[_plain(cell) for cell in row] for row in table])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


def _xlsx(table: Sequence[Sequence[str]]) -> bytes:
    import xlsxwriter  # only who downloads such a file pays for loading it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("payout")
        for at, row in enumerate([HEADINGS, *table]):
            for place, cell in enumerate(row):
                sheet.write_string(at, place, cell)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class BankResult:
    """What the bank says of one payment."""

    reference: str
    is_paid: bool
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the bank's answers; `unknown`: references that no payment has, or has no longer."""

    paid: int = 0
    bounced: int = 0
    known: int = 0
    unknown: tuple[str, ...] = ()


def read_results(text: str) -> tuple[list[BankResult], list[tuple[int, str]]]:
    """The bank's result file: reference, result, text. Faulty rows are told by their number and what they hold."""
    results: list[BankResult] = []
    faults: list[tuple[int, str]] = []
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True))
    except csv.Error:
        return [], [(1, text[:60])]
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0] == RESULT_HEADINGS[0]:
            continue
        word = cells[1].lower() if len(cells) > 1 else ""
        if len(cells) < 2 or word not in PAID_WORDS | BOUNCED_WORDS or not cells[0]:
            faults.append((number, ",".join(row)[:60]))
            continue
        results.append(
            BankResult(cells[0][:30], word in PAID_WORDS, (cells[2] if len(cells) > 2 else "")[:120])
        )
    return results, faults


async def take_results(work: Work, court_code: str, results: Sequence[BankResult]) -> Taken:
    """Book what the bank paid, and note what it sent back. The same file a second time changes nothing."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    paid = bounced = known = 0
    unknown = []
    for each in results:
        found = await work.session.exec(
            select(Payout.id).where(Payout.reference == each.reference, Payout.court_code == court_code)
        )
        payout_id = found.first()
        if payout_id is None:
            unknown.append(each.reference)
            continue
        state = await _take(work, payout_id, each)
        paid, bounced = paid + (state == S.PAID), bounced + (state == S.BOUNCED)
        known += state is None
    return Taken(paid, bounced, known, tuple(unknown))


async def _take(work: Work, payout_id: UUID, result: BankResult) -> PayoutState | None:
    """Take one answer; None when it was taken before."""
    payout, proceeds = await payout_for_update(work, payout_id)
    if payout.state != S.SENT:
        return None
    if not result.is_paid:
        payout.state, payout.problem = S.BOUNCED, result.text or "银行退回，未说明原因"
        await note_proceeds(
            work, proceeds, "payout.bounced", "M-04", payout=str(payout.id), problem=payout.problem
        )
        return S.BOUNCED
    await post(
        work,
        key=f"payout:{payout.id}",
        description=f"发放案款（{rules.KIND_LABELS[payout.kind]}）",  # type: ignore[index]
        rule="M-04",
        lines=[
            Line(owed_account(proceeds, payout.kind, payout.subject), payout.amount_fen),
            Line(bank_account(proceeds.court_code), -payout.amount_fen),
        ],
    )
    await work.session.execute(  # the payment stands among all orders to the bank, which the reconciliation adds up
        insert(PaymentOrder)
        .values(
            id=new_id(),
            key=f"payout:{payout.id}",
            kind=PaymentOrderKind.PAYOUT,
            state=PaymentOrderState.EXECUTED,
            channel="bank",
            court_code=proceeds.court_code,
            lot_id=proceeds.lot_id,
            amount_fen=payout.amount_fen,
            due_at=work.now,
            created_at=payout.created_at,
            executed_at=work.now,
            attempts=payout.attempts,
            bank_answer=result.text,
        )
        .on_conflict_do_nothing(constraint="payment_order_key")
    )
    payout.state, payout.paid_at, payout.bank_answer, payout.problem = S.PAID, work.now, result.text, ""
    await work.session.flush()
    await note_proceeds(
        work, proceeds, "payout.paid", "M-04", payout=str(payout.id), amount_fen=payout.amount_fen
    )
    if payout.account_id is not None:
        await notify(
            work,
            account_id=payout.account_id,
            key=f"payout:{payout.id}",
            title=msg("案款已发放"),
            body=msg("“{title}”的案款已付至您的账户，请查收。", title=proceeds.title),
            link=f"/my/proceeds/{proceeds.id}",
        )
    await finish_when_paid(work, proceeds)
    return S.PAID


async def try_again(work: Work, payout_id: UUID) -> Payout:
    """A bounced payment goes into the next file, to the same account (another account is approved anew). Raises
    `RuleViolation`, `NotPermitted`."""
    payout, proceeds = await payout_for_update(work, payout_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=proceeds.court_code)
    rules.check_transition(S(payout.state), S.APPROVED)
    if payout.state != S.BOUNCED:
        raise RuleViolation("M-06", msg("只有银行退回的款项可以重新支付。"))
    payout.state, payout.file_id, payout.reference = S.APPROVED, None, None
    await note_proceeds(work, proceeds, "payout.tried_again", "M-04", payout=str(payout.id))
    return payout

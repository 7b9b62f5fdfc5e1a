"""What finance sees: lines, refunds, awaited balances, unclaimed money. Payers stay sealed while bidding runs (P-01)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, text
from sqlmodel import col, select

from auction.listing.models import Lot
from auction.payments.bank_lines import open_lines
from auction.payments.match import VERDICT_OF, fitting_entries
from auction.payments.models import BankLine, BankLineState, PaymentOrder, PaymentOrderState
from auction.payments.refunds import ENDED
from auction.payments.rules import Suggestion, Verdict, suggest
from auction.registration.identity import bidder_cipher
from auction.registration.models import Registration
from auction.settlement.models import Settlement, SettlementState
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may, require

SEALED = "***"
OPEN_STATES = (BankLineState.NEW, BankLineState.SUSPENDED, BankLineState.RETURN_PROPOSED)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the statement with its payer, or `***` as long as nobody may know (P-01)."""

    line: BankLine
    payer: str


@dataclass(frozen=True, slots=True)
class OpenLine(ShownLine):
    """A line that waits, with what is proposed. `fitting_account`: the one account number that it seems to be meant for."""

    suggestion: Suggestion | None
    fitting_account: str | None


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order to the bank with the lot it belongs to."""

    order: PaymentOrder
    lot: Lot | None


@dataclass(frozen=True, slots=True)
class AwaitedBalance:
    """A balance that has not arrived in full."""

    lot: Lot
    settlement: Settlement

    @property
    def missing_fen(self) -> int:
        """What is still to come, in fen."""
        return self.settlement.balance_fen - self.settlement.balance_paid_fen


@dataclass(frozen=True, slots=True)
class Tiles:
    """The figures above the finance page; money in fen."""

    open_lines: int
    refunds_due: int
    refunds_late: int
    refused: int
    balances: int
    awaited_fen: int
    unclaimed_fen: int


async def lines_with_payers(work: Work, lines: list[BankLine]) -> list[ShownLine]:
    """Open the payers of lines that belong to no running lot; a court sees its own lines only (P-01, P-03)."""
    accounts = {line.virtual_account_no for line in lines}
    rows = await work.session.exec(
        select(Registration.virtual_account_no)
        .join(Lot, col(Lot.id) == col(Registration.lot_id))
        .where(
            col(Registration.virtual_account_no).in_(accounts), col(Lot.state).in_([str(s) for s in ENDED])
        )
    )
    # A line without a known account may be a mistyped deposit of a running lot: its payer stays sealed.
    may_open = set(rows) | set(
        await work.session.exec(
            select(Settlement.virtual_account_no).where(col(Settlement.virtual_account_no).in_(accounts))
        )
    )
    shown = []
    for line in lines:
        require(work.actor, Permission.RECORD_BANK_LINE, court_code=line.court_code)
        is_open = line.virtual_account_no in may_open
        payer = bidder_cipher().decrypt(line.payer_sealed, bound_to=str(line.id)) if is_open else SEALED
        shown.append(ShownLine(line, payer))
    return shown


async def open_lines_shown(work: Work, court_code: str) -> list[OpenLine]:
    """The lines that finance has to see to, each with its reason (in the line) and a proposal (M-01)."""
    shown = []
    for each in await lines_with_payers(work, await open_lines(work, court_code)):
        line = each.line
        suggestion, fitting = None, None
        if line.state == BankLineState.SUSPENDED:
            verdict = VERDICT_OF.get(line.problem or "", Verdict.UNKNOWN_ACCOUNT)
            entries = await fitting_entries(work, line) if verdict is Verdict.UNKNOWN_ACCOUNT else []
            suggestion = suggest(verdict, fitting_accounts=len(entries))
            fitting = entries[0].virtual_account_no if suggestion is Suggestion.ASSIGN else None
        shown.append(OpenLine(line, each.payer, suggestion, fitting))
    return shown


async def recent_lines(work: Work, court_code: str, *, limit: int = 30) -> list[BankLine]:
    """The newest lines of a court, whatever became of them."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    rows = await work.session.exec(
        select(BankLine)
        .where(BankLine.court_code == court_code)
        .order_by(col(BankLine.booked_at).desc(), col(BankLine.id).desc())
        .limit(limit)
    )
    return list(rows)


async def payment_orders(work: Work, court_code: str, *, limit: int = 50) -> list[ShownOrder]:
    """Orders of a court: what is due first, then the newest that were executed."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    rows = await work.session.exec(
        select(PaymentOrder, Lot)
        .outerjoin(Lot, col(Lot.id) == col(PaymentOrder.lot_id))
        .where(PaymentOrder.court_code == court_code)
        .order_by(
            col(PaymentOrder.state) != PaymentOrderState.DUE,
            col(PaymentOrder.executed_at).desc(),
            col(PaymentOrder.due_at),
        )
        .limit(limit)
    )
    return [ShownOrder(order, lot) for order, lot in rows.all()]


async def awaited_balances(work: Work, court_code: str, *, limit: int = 100) -> list[AwaitedBalance]:
    """Balances that a court waits for, soonest first."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    rows = await work.session.exec(
        select(Lot, Settlement)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(Lot.court_code == court_code, Settlement.state == SettlementState.AWAIT_BALANCE)
        .order_by(col(Settlement.balance_due_at))
        .limit(limit)
    )
    return [AwaitedBalance(lot, settlement) for lot, settlement in rows.all()]


async def finance_tiles(work: Work, court_code: str) -> Tiles:
    """The figures of a court's finance page."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    waiting = await work.session.exec(
        select(func.count())
        .select_from(BankLine)
        .where(
            BankLine.court_code == court_code,
            col(BankLine.state).in_(OPEN_STATES),
        )
    )
    due = PaymentOrder.court_code == court_code, PaymentOrder.state == PaymentOrderState.DUE
    soon = await work.session.exec(
        select(func.count())
        .select_from(PaymentOrder)
        .where(*due, col(PaymentOrder.due_at) <= work.now + timedelta(hours=24))
    )
    late = await work.session.exec(
        select(func.count()).select_from(PaymentOrder).where(*due, col(PaymentOrder.due_at) < work.now)
    )
    refused = await work.session.exec(
        select(func.count()).select_from(PaymentOrder).where(*due, PaymentOrder.attempts > 0)
    )
    balances = await work.session.exec(
        select(
            func.count(),
            func.coalesce(func.sum(Settlement.balance_fen - Settlement.balance_paid_fen), 0),
        )
        .select_from(Settlement)
        .join(Lot, col(Lot.id) == col(Settlement.lot_id))
        .where(Lot.court_code == court_code, Settlement.state == SettlementState.AWAIT_BALANCE)
    )
    count, awaited = balances.one()
    return Tiles(
        waiting.one(),
        soon.one(),
        late.one(),
        refused.one(),
        count,
        int(awaited),
        await unclaimed_fen(work, court_code),
    )


async def unclaimed_fen(work: Work, court_code: str) -> int:
    """Money of the court's lines that nobody awaits and that has not gone back, in fen."""
    row = await work.session.execute(
        text(
            """
            SELECT coalesce(-sum(posting.amount_fen), 0)
            FROM ledger_account AS account
            JOIN ledger_posting AS posting ON posting.account_id = account.id
            WHERE account.kind = 'unclaimed' AND (
                account.code IN (SELECT 'unclaimed:' || id FROM bank_line WHERE court_code = :court)
                OR account.lot_id IN (SELECT id FROM lot WHERE court_code = :court))
            """
        ),
        {"court": court_code},
    )
    return int(row.scalar_one())


async def unbooked_lines(work: Work, registration: Registration) -> list[BankLine]:
    """What came to the account number of an entry and was not booked, oldest first. The caller has checked who asks."""
    rows = await work.session.exec(
        select(BankLine)
        .where(
            BankLine.virtual_account_no == registration.virtual_account_no,
            col(BankLine.problem).is_not(None),
            BankLine.booked_fen == 0,
        )
        .order_by(col(BankLine.booked_at), col(BankLine.id))
        .limit(20)
    )
    return list(rows)


async def lots_with_money(work: Work, court_code: str, *, search: str = "", limit: int = 30) -> list[Lot]:
    """Lots of a court that have bookings, newest first."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    query = select(Lot).where(
        Lot.court_code == court_code,
        text("EXISTS (SELECT 1 FROM ledger_account WHERE ledger_account.lot_id = lot.id)"),
    )
    if search:
        query = query.where(
            or_(
                col(Lot.lot_no).contains(search, autoescape=True),
                col(Lot.title).contains(search, autoescape=True),
            )
        )
    return list(await work.session.exec(query.order_by(col(Lot.id).desc()).limit(limit)))


async def court_trial_balance(work: Work, court_code: str) -> dict[str, int]:
    """The sum of every kind of account of one court, in fen. The values add up to zero (M-11)."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    rows = await work.session.execute(
        text(
            """
            SELECT account.kind, sum(posting.amount_fen) AS total
            FROM ledger_account AS account JOIN ledger_posting AS posting ON posting.account_id = account.id
            WHERE account.code IN ('bank:' || :court, 'platform_frozen:' || :court, 'reversal_receivable:' || :court)
               OR account.lot_id IN (SELECT id FROM lot WHERE court_code = :court)
               OR account.case_id IN (SELECT id FROM enforcement_case WHERE court_code = :court)
               OR account.code IN (SELECT 'unclaimed:' || id FROM bank_line WHERE court_code = :court)
            GROUP BY account.kind ORDER BY account.kind
            """
        ),
        {"court": court_code},
    )
    return {row.kind: int(row.total) for row in rows}


async def lot_for_finance(work: Work, lot_no: str) -> Lot:
    """A lot for its ledger. Another court's lot is as unknown as a missing one (P-03)."""
    require(work.actor, Permission.RECORD_BANK_LINE)
    lot = (await work.session.exec(select(Lot).where(Lot.lot_no == lot_no))).first()
    if lot is None or not may(work.actor, Permission.RECORD_BANK_LINE, court_code=lot.court_code):
        raise NotFound(msg("没有找到该拍品，或它不属于本院。"), rule="P-03")
    return lot

"""With the last payment the clock of the payout stops; with empty accounts the file is closed (§11.5)."""

from sqlalchemy import text
from sqlmodel import select

from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.payout import rules
from auction.proceeds.payout.models import Payout, PayoutState
from auction.proceeds.queries import note_proceeds
from core.database import Work
from core.deadlines import meet_deadline

S = ProceedsState


async def finish_when_paid(work: Work, proceeds: Proceeds) -> None:
    """Note that a locked distribution is paid out, and settled when its accounts are empty. Repeating changes nothing."""
    if proceeds.state not in (S.PLAN_FINAL, S.PAID_OUT):
        return
    states = await work.session.exec(select(Payout.state).where(Payout.proceeds_id == proceeds.id))
    if not rules.all_over(PayoutState(each) for each in states):
        return
    if proceeds.state == S.PLAN_FINAL:
        proceeds.state = S.PAID_OUT
        proceeds.paid_out_at = proceeds.paid_out_at or work.now
        for clock in ("L-33", "L-34"):
            await meet_deadline(
                work, clock, subject_kind="proceeds", subject_id=proceeds.id, done_event="proceeds.paid_out"
            )
        await note_proceeds(work, proceeds, "proceeds.paid_out", "M-04")
    if await open_fen(work, proceeds) == 0:
        proceeds.state, proceeds.settled_at = S.SETTLED, work.now
        await note_proceeds(work, proceeds, "proceeds.settled", "M-01")


async def open_fen(work: Work, proceeds: Proceeds) -> int:
    """What still stands on any account of the distribution: reserves, deposits for payees who cannot be paid, a rest."""
    rows = await work.session.execute(
        text(
            """
            SELECT -coalesce(sum(posting.amount_fen), 0)
              FROM ledger_account AS account JOIN ledger_posting AS posting ON posting.account_id = account.id
             WHERE account.case_id = :case AND account.lot_id IS NOT DISTINCT FROM :lot
               AND account.kind NOT IN ('deposit_held', 'deposit_forfeited')
            """
        ),
        {"case": proceeds.case_id, "lot": proceeds.lot_id},
    )
    return int(rows.scalar_one())

"""Finance counts the cash and pays it in at the bank (M-02, M-01): from there it goes the way of every payment."""

from uuid import UUID

from auction.cash import rules
from auction.cash.models import CashState, CashTaking
from auction.cash.queries import note_cash, taking_for_update
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission
from core.notices import notify
from disposal_teams.instructions.progress import require_own
from disposal_teams.plain_text import clean_text


async def receive_cash(work: Work, taking_id: UUID, *, counted_fen: int, slip_ref: str) -> CashTaking:
    """Take the cash in: as much as the receipt says, with the bank's paying-in slip. What is late stays late.

    Raises `RuleViolation` (not confirmed, one of the two officers), `InvalidInput` (another amount, no slip), `NotPermitted`.
    """
    taking = await taking_for_update(work, taking_id)
    require_own(work, Permission.RECORD_BANK_LINE, taking.court_code)
    fields: dict[str, Message] = {}
    slip_ref = clean_text(slip_ref, "slip_ref", fields, longest=60)
    if fields:
        raise InvalidInput(msg("请填写银行缴款单号。"), fields=fields, rule=rules.RULE)
    rules.check_confirmed(CashState(taking.state))
    if work.actor.account_id in (taking.taken_by, taking.second_officer):
        raise RuleViolation(rules.RULE, msg("收款人员不能同时办理财务接收。"))
    rules.check_counted(counted_fen, taking.amount_fen)
    taking.state, taking.handed_in_at, taking.slip_ref = CashState.HANDED_IN, work.now, slip_ref
    taking.handed_in_by, taking.handed_in_by_name = work.actor.account_id, work.actor.name
    await meet_deadline(
        work, rules.RULE, subject_kind="cash", subject_id=taking.id, done_event="cash.handed_in"
    )
    await note_cash(work, taking, "cash.handed_in", amount_fen=counted_fen, slip=slip_ref)
    await notify(
        work, account_id=taking.taken_by, key=f"cash:{taking.id}:in", title=msg("现金已交财务"),
        body=msg("收据 {number} 的现金已由财务清点并缴入银行。", number=taking.number),
        link=f"/team/cases/{taking.case_id}/cash",
    )  # fmt: skip
    return taking

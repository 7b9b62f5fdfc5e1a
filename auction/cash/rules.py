"""Who may take cash, with whom, and until when it is with finance (M-02). Pure."""

from datetime import datetime, timedelta

from auction.cash.models import CashState
from core.deadlines.rules import day_in_court, end_of_day
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Role
from core.money import LARGEST_FEN

RULE = "M-02"
OFFICERS = (Role.CASE_OFFICER, Role.CLERK, Role.DISPOSAL_TEAM)
"""The offices whose people go out in pairs."""
STATE_LABELS: dict[CashState, str] = {
    CashState.TAKEN: "待同行人员确认",
    CashState.CONFIRMED: "待交财务",
    CashState.HANDED_IN: "已交财务",
}


def hand_in_by(taken_at: datetime) -> datetime:
    """The end (exclusive) of the day on which it was taken."""
    return end_of_day(day_in_court(taken_at))


def put_off_to(taken_at: datetime) -> datetime:
    """The end of the next day, where it could not be handed in on the same one."""
    return end_of_day(day_in_court(taken_at) + timedelta(days=1))


def check_amount(amount_fen: int, fields: dict[str, Message]) -> None:
    """Note what is wrong with the amount."""
    if not 0 < amount_fen <= LARGEST_FEN:
        fields["amount"] = msg("金额须大于零。")


def check_put_off(taken_at: datetime, *, now: datetime, is_put_off: bool) -> None:
    """Raise `RuleViolation` unless it may go in on the next day: said on the day itself, and once."""
    if is_put_off:
        raise RuleViolation(RULE, msg("只能推迟一次，须于次日交财务。"))
    if now >= hand_in_by(taken_at):
        raise RuleViolation(RULE, msg("收款当日已过，请立即交财务。"))


def check_confirmed(state: CashState) -> None:
    """Raise `RuleViolation` unless the second officer has confirmed and finance has not taken it yet."""
    if state is CashState.TAKEN:
        raise RuleViolation(
            RULE, msg("同行人员尚未确认，财务不能接收。"), remedy=msg("请同行人员登录后确认收款事实和金额。")
        )
    if state is CashState.HANDED_IN:
        raise RuleViolation(RULE, msg("该笔现金已经交财务。"))


def check_counted(counted_fen: int, amount_fen: int) -> None:
    """Raise `InvalidInput` where finance counts another amount than the receipt says: nothing is booked away."""
    if counted_fen != amount_fen:
        raise InvalidInput(
            msg("清点金额与收据不一致，不能接收。"),
            fields={"counted": msg("请重新清点；确有差额的，报告局长处理。")},
            rule=RULE,
        )

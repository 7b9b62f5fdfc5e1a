"""The words of entries, deposits and claims, and what somebody has to do next, with the clock that runs."""

from dataclasses import dataclass
from datetime import datetime

from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.registration.models import DepositState, Registration, RegistrationState
from auction.registration.rules import LEFT
from core.i18n import Message, msg

REGISTRATION_LABELS = {
    RegistrationState.APPLIED: msg("已报名"),
    RegistrationState.AGENT_CHECK: msg("核对代理手续"),
    RegistrationState.PRIORITY_CLAIMED: msg("审核优先购买权"),
    RegistrationState.DEPOSIT_PENDING: msg("待付保证金"),
    RegistrationState.QUALIFIED: msg("已取得资格"),
    RegistrationState.REJECTED: msg("未通过"),
    RegistrationState.WITHDRAWN: msg("报名已撤回"),
}
REGISTRATION_TAGS = {
    RegistrationState.AGENT_CHECK: "warn",
    RegistrationState.PRIORITY_CLAIMED: "info",
    RegistrationState.DEPOSIT_PENDING: "warn",
    RegistrationState.QUALIFIED: "good",
    RegistrationState.REJECTED: "bad",
}
DEPOSIT_LABELS = {
    DepositState.PENDING: msg("未到账"),
    DepositState.PARTIAL: msg("部分到账"),
    DepositState.RECEIVED: msg("已到账"),
    DepositState.FROZEN: msg("已冻结"),
    DepositState.WAIVED: msg("无需缴纳"),
    DepositState.REFUND_DUE: msg("退还中"),
    DepositState.REFUNDED: msg("已退还"),
    DepositState.TO_COURT: msg("正在转法院"),
    DepositState.APPLIED_TO_PRICE: msg("已转作价款"),
    DepositState.FORFEITED: msg("不予退还"),
    DepositState.USED: msg("已使用"),
    DepositState.PREPAID_FULL: msg("已缴足全款"),
}
DEPOSIT_TAGS = {
    DepositState.PARTIAL: "warn",
    DepositState.RECEIVED: "good",
    DepositState.FROZEN: "good",
    DepositState.REFUND_DUE: "info",
    DepositState.REFUNDED: "good",
    DepositState.TO_COURT: "info",
    DepositState.APPLIED_TO_PRICE: "good",
    DepositState.FORFEITED: "bad",
    DepositState.PREPAID_FULL: "good",
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next for an entry: in words, by when, and on which page. `mine`: the person has to act."""

    text: Message
    by: datetime | None = None
    link: str | None = None
    mine: bool = False


def next_step(
    entry: Registration, lot: Lot, bidding: LotBidding | None, *, papers_wait: bool = False
) -> NextStep:
    """The next thing for an entry and the clock that runs for it. `papers_wait`: an agent's papers lie with the court. Pure."""
    page = f"/lots/{lot.lot_no}/register"
    if entry.deposit_state == DepositState.REFUND_DUE:
        return NextStep(msg("保证金将原路退还"), entry.refund_due_at)
    if entry.state in LEFT:
        return NextStep(msg("报名已结束"), link=page)
    if lot.state in _OVER:
        if entry.is_winner:
            return NextStep(msg("您已竞得，查看付款和交付"), link=f"/my/purchases/{lot.lot_no}")
        return NextStep(msg("竞价已结束"), link=f"/lots/{lot.lot_no}")
    starts_at = bidding.starts_at if bidding else lot.starts_at
    ends_at = bidding.ends_at if bidding else lot.scheduled_end_at
    if entry.state == RegistrationState.AGENT_CHECK and papers_wait:
        return NextStep(msg("等待法院确认代理手续"), starts_at, page)
    if entry.state == RegistrationState.AGENT_CHECK:
        return NextStep(msg("提交委托材料，由法院在开拍前确认"), starts_at, page, mine=True)
    if entry.state == RegistrationState.PRIORITY_CLAIMED:
        return NextStep(msg("等待合议庭审查优先购买权"), starts_at, f"/lots/{lot.lot_no}/priority")
    if entry.state == RegistrationState.DEPOSIT_PENDING:
        return NextStep(payment_of(lot), ends_at, page, mine=True)
    if lot.state == LotState.PUBLISHED:
        return NextStep(msg("等待开拍"), starts_at, f"/lots/{lot.lot_no}")
    if lot.state == LotState.PAUSED:
        return NextStep(msg("拍卖已暂停，恢复前会通知您"), None, f"/lots/{lot.lot_no}")
    return NextStep(msg("可以出价"), ends_at, f"/lots/{lot.lot_no}", mine=True)


def payment_of(lot: Lot) -> Message:
    """What has to be paid before the first bid: the deposit, in a sell-off the whole price (X-05)."""
    return msg("预缴变卖价款") if lot.round == Round.SELL_OFF else msg("支付保证金")


def steps_of(entry: Registration, lot: Lot) -> list[tuple[Message, str]]:
    """The way of an entry to the first bid, each step done, being done or to come; none for an entry that has ended. Pure."""
    if entry.state in LEFT:
        return []
    paid = entry.deposit_paid_fen >= entry.deposit_due_fen
    steps = [(msg("确认须知"), True)]
    if entry.agent_sealed is not None:
        steps.append((msg("核对代理手续"), entry.agent_confirmed_at is not None))
    if entry.priority_claimed or entry.priority_order is not None:
        steps.append((msg("审核优先购买权"), not entry.priority_claimed))
    steps += [(payment_of(lot), paid), (msg("取得竞买代码"), entry.code is not None)]
    steps.append((msg("出价"), False))
    now = next(place for place, (_, done) in enumerate(steps) if not done)
    return [
        (text, "done" if done else "now" if place == now else "") for place, (text, done) in enumerate(steps)
    ]


_OVER = frozenset(
    {
        LotState.SOLD,
        LotState.FAILED,
        LotState.SELLOFF_FAILED,
        LotState.WITHDRAWN,
        LotState.DEFAULTED,
        LotState.REVOKED,
    }
)

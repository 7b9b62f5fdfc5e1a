"""The way of one payment, and who approves it (M-05, M-06, L-33, L-34). Pure."""

from collections.abc import Collection, Iterable

from auction.payments.rules import Tier
from auction.proceeds.payout.models import DelayGround, DelayState, PayoutKind, PayoutState
from core.errors import RuleViolation
from core.i18n import msg

S = PayoutState

TRANSITIONS: dict[PayoutState, frozenset[PayoutState]] = {
    S.READY: frozenset({S.PROPOSED, S.DEPOSITED, S.CANCELLED}),
    S.PROPOSED: frozenset({S.APPROVED, S.READY, S.CANCELLED}),
    S.APPROVED: frozenset({S.SENT, S.CANCELLED}),
    S.SENT: frozenset({S.PAID, S.BOUNCED}),
    S.BOUNCED: frozenset({S.APPROVED, S.READY, S.DEPOSITED, S.CANCELLED}),
    S.DEPOSITED: frozenset({S.READY}),
    S.PAID: frozenset(),
    S.CANCELLED: frozenset(),
}
"""A bounced payment goes to the same account again, or to a corrected one that is approved anew; nothing leaves `paid`."""

STATE_LABELS: dict[PayoutState, str] = {
    S.READY: "待提出发放",
    S.PROPOSED: "待批准",
    S.APPROVED: "已批准，待制作付款文件",
    S.SENT: "已交银行",
    S.PAID: "已支付",
    S.BOUNCED: "银行退回",
    S.DEPOSITED: "已提存",
    S.CANCELLED: "已取消",
}
KIND_LABELS: dict[PayoutKind, str] = {
    PayoutKind.TAX: "税费",
    PayoutKind.COST: "处置费用",
    PayoutKind.FEE: "执行费",
    PayoutKind.RENT: "住房租金",
    PayoutKind.CREDITOR: "债权",
    PayoutKind.SURPLUS: "余额退还被执行人",
}
GROUND_LABELS: dict[DelayGround, str] = {
    DelayGround.DISTRIBUTION_PENDING: "需要进行案款分配",
    DelayGround.FROZEN_ELSEWHERE: "案款被另案冻结",
    DelayGround.NOT_COLLECTED: "申请执行人不领取",
    DelayGround.SUSPENDED: "中止或者暂缓执行",
    DelayGround.OTHER: "其他正当理由",
}
DELAY_LABELS: dict[DelayState, str] = {
    DelayState.ASKED: "待审批",
    DelayState.IN_FORCE: "延缓中",
    DelayState.REFUSED: "不予延缓",
    DelayState.ENDED: "事由已消失",
}
OVER = frozenset({S.PAID, S.DEPOSITED, S.CANCELLED})


def check_transition(current: PayoutState, wanted: PayoutState) -> None:
    """Raise `RuleViolation` when a payment cannot go from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "M-04",
            msg(
                "该笔付款目前为“{current}”，不能转为“{wanted}”。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


def sheet_tier(total_fen: int, *, limit_fen: int) -> Tier:
    """A second person of finance up to the limit, the director or a leader above it (M-06)."""
    return Tier.DIRECTOR if total_fen > limit_fen else Tier.FINANCE


def all_over(states: Iterable[PayoutState]) -> bool:
    """Whether nothing is still to be paid; at least one payment was made."""
    seen = list(states)
    return bool(seen) and all(each in OVER for each in seen)


def check_not_delayed(delays: Collection[DelayState]) -> None:
    """While a delay is in force nothing is proposed (M-05). Raises `RuleViolation`."""
    if DelayState.IN_FORCE in delays:
        raise RuleViolation(
            "M-05",
            msg("该笔案款经批准延缓发放，事由消失前不能发放。"),
            remedy=msg("事由已经消失的，请先登记，自登记起十日内发放。"),
        )

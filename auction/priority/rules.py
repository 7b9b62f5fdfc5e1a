"""Until when a right to buy first may be claimed and decided, and in which order (B-20 to B-25, §11.4). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from auction.priority.models import ClaimState, PriorityKind
from core.errors import RuleViolation
from core.i18n import Message, msg

C = ClaimState

KIND_LABELS: dict[PriorityKind, str] = {
    PriorityKind.CO_OWNER: "共有人",
    PriorityKind.TENANT: "承租人",
    PriorityKind.SHAREHOLDER: "股东",
    PriorityKind.PARTNER: "合伙人",
    PriorityKind.IP_CO_DEVELOPER: "知识产权合作开发人",
    PriorityKind.OTHER: "其他优先购买权人",
}

STATE_LABELS: dict[ClaimState, str] = {
    C.CLAIMED: "等待合议庭审查",
    C.CONFIRMED: "已确认",
    C.REFUSED: "未予确认",
    C.LAPSED: "开拍前未审定，按普通竞买人参加",
    C.WITHDRAWN: "已撤回",
}

DECIDABLE = frozenset({C.CLAIMED, C.CONFIRMED, C.REFUSED})
"""The panel may decide, and decide anew while it still can (B-25: it may change the order)."""


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a claim may be made, and until when it may be decided (both exclusive)."""

    claim_until: datetime
    decide_until: datetime


def claim_window(
    *, starts_at: datetime, ends_at: datetime, claim_hours: int, statutory_until: datetime | None = None
) -> Window:
    """The window of a sale (§11.4: one day before bidding; decided before bidding).

    `statutory_until`: the end of a shareholder's 20 days (B-22). Where these run on beyond the usual moment, the right can
    still be claimed and confirmed while they run, at the latest until the end of bidding.
    """
    usual = starts_at - timedelta(hours=claim_hours)
    if statutory_until is None or statutory_until <= usual:
        return Window(usual, starts_at)
    return Window(min(statutory_until, ends_at), ends_at)


def check_claim_in_time(
    window: Window, *, now: datetime, kind: PriorityKind, statutory_until: datetime | None
) -> None:
    """A claim made too late is refused; the person may still bid like everybody (B-21, B-22). Raises `RuleViolation`."""
    if kind is PriorityKind.SHAREHOLDER and statutory_until is not None and now >= statutory_until:
        raise RuleViolation(
            "B-22",
            msg("自法院通知之日起二十日内未行使优先购买权，视为放弃。"),
            remedy=msg("您仍可以作为普通竞买人报名参加。"),
        )
    if now >= window.claim_until:
        raise RuleViolation(
            "B-25",
            msg("优先购买权应当在开拍前规定时间内提出，现已截止。"),
            remedy=msg("您仍可以作为普通竞买人报名参加。"),
        )


def check_decision(state: ClaimState, window: Window, *, now: datetime) -> None:
    """The panel decides before bidding starts (§11.4). Raises `RuleViolation`."""
    if state not in DECIDABLE:
        raise RuleViolation("§11.4", msg("该申请已经终结，不能再作决定。"))
    if now >= window.decide_until:
        raise RuleViolation("§11.4", msg("竞价已经开始，不能再确认或变更优先购买权。"))


def default_order(kind: PriorityKind, orders: Iterable[tuple[str, int]]) -> int:
    """The order that the setting proposes for a kind of right (B-25); the lowest of all for a kind it does not name."""
    table = dict(orders)
    return table.get(kind, max(table.values(), default=1))


def bid_advice(
    own_order: int | None, *, price_fen: int | None, leader_order: int | None, leads: bool
) -> Message | None:
    """What a priority purchaser may do now, in words (B-44); None for an ordinary bidder."""
    if own_order is None:
        return None
    if leads:
        return msg("您目前领先。其他人同价不能超过您，除非其优先购买顺位在您之前。")
    if price_fen is None:
        return msg("还没有人出价。有人出价后，您以同等价格出价即可领先。")
    if leader_order is None or own_order < leader_order:
        return msg("您可以按当前价同价出价并领先，也可以加价。")
    return msg("领先者的优先购买顺位不低于您，您须加价才能领先。")

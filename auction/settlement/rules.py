"""From the sale to delivery (rulebook §4.8, §11.5). Pure."""

from collections.abc import Sequence
from datetime import datetime

from auction.listing.models import Round
from auction.settlement.models import SettlementState
from core.deadlines.rules import period_end
from core.errors import RuleViolation
from core.i18n import msg

S = SettlementState

TRANSITIONS: dict[SettlementState, frozenset[SettlementState]] = {
    S.AWAIT_BALANCE: frozenset({S.PAID_FULL, S.DEFAULTED, S.REVOKED}),
    S.QUALIFICATION_RECHECK: frozenset({S.PAID_FULL, S.REVOKED}),
    S.PAID_FULL: frozenset({S.RULING_ISSUED, S.QUALIFICATION_RECHECK, S.REVOKED}),
    S.RULING_ISSUED: frozenset({S.RULING_SERVED, S.REVOKED}),
    S.RULING_SERVED: frozenset({S.TRANSFER_NOTICE_SENT, S.DELIVERED, S.REVOKED}),
    S.TRANSFER_NOTICE_SENT: frozenset({S.DELIVERED, S.REVOKED}),
    S.DELIVERED: frozenset({S.REVOKED}),
    S.DEFAULTED: frozenset({S.REVOKED}),
    S.REVOKED: frozenset(),
}
"""§11.5, as far as title and delivery; the rest is in `proceeds.rules`. A sale may be undone whatever was paid out (B-55)."""

STATE_LABELS = {
    S.AWAIT_BALANCE: "待付尾款",
    S.QUALIFICATION_RECHECK: "复核购房资格",
    S.PAID_FULL: "价款付清",
    S.RULING_ISSUED: "已作出裁定",
    S.RULING_SERVED: "裁定已送达",
    S.TRANSFER_NOTICE_SENT: "已通知登记机构",
    S.DELIVERED: "已交付",
    S.DEFAULTED: "悔拍",
    S.REVOKED: "已撤销",
}


def check_transition(current: SettlementState, wanted: SettlementState) -> None:
    """Raise `RuleViolation` when §11.5 has no way from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "§11.5",
            msg(
                "成交结算目前处于“{current}”，不能转为“{wanted}”。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


def check_registry_notice(state: SettlementState, *, sent_at: datetime | None) -> None:
    """The registry is told once after the service of the ruling, whether the asset is handed over before or after (B-73)."""
    if not (state is S.DELIVERED and sent_at is None):
        check_transition(state, S.TRANSFER_NOTICE_SENT)


def split_price(price_fen: int, deposit_fen: int) -> tuple[int, int]:
    """(deposit that counts toward the price, balance to pay), in fen (B-33, B-70). A prepayment above the price is left over."""
    applied = min(price_fen, deposit_fen)
    return applied, price_fen - applied


def forfeited_fen(*, round_: Round, deposit_applied_fen: int, notice_deposit_fen: int) -> int:
    """What a buyer who defaults loses, in fen: the deposit (B-34); of a sell-off's prepayment only the deposit that the notice
    names (X-07)."""
    if round_ is Round.SELL_OFF:
        return min(deposit_applied_fen, notice_deposit_fen)
    return deposit_applied_fen


def booked_parts(amounts: Sequence[int], booked_fen: int) -> list[int]:
    """How much of each credit was booked, when `booked_fen` of all of them in their order was: the rest was excess."""
    parts = []
    for amount in amounts:
        part = min(amount, booked_fen)
        booked_fen -= part
        parts.append(part)
    return parts


def balance_due_at(ended_at: datetime, days: int) -> datetime:
    """The end of the buyer's period, exclusive (B-70, C-01, C-02)."""
    return period_end(ended_at, days=days)


def check_default(*, state: SettlementState, due_at: datetime, now: datetime) -> None:
    """Only an unpaid balance whose period has ended is a default (B-34). Raises `RuleViolation`."""
    check_transition(state, S.DEFAULTED)
    if now < due_at:
        raise RuleViolation("B-34", msg("尾款支付期限尚未届满，不能认定悔拍。"))

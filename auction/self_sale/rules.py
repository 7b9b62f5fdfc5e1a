"""When, for how much and how long a debtor may sell by itself (rulebook A-26, A-27, A-28, L-40). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auction.self_sale.models import SelfSaleGround, SelfSaleState
from core.deadlines.rules import months_end, period_end
from core.errors import RuleViolation
from core.i18n import Message, msg
from core.money import yuan
from disposal_teams.assets.models import AssetKind, AssetState

G, S = SelfSaleGround, SelfSaleState

GROUND_LABELS: dict[SelfSaleGround, str] = {
    G.REASONABLE_PRICE: "以合理价格自行变卖",
    G.VALUE_TOO_LOW: "认为参考价过低，以不低于参考价的价格自行变卖",
    G.FAILED_PRICE: "流拍后由第三人按流拍价购买",
    G.FINANCING: "二拍流拍后按流拍价自行筹款",
    G.SEALED_TRANSFER: "两次流拍后房产带封过户",
}

STATE_LABELS: dict[SelfSaleState, str] = {
    S.FILED: "待合议庭决定",
    S.REFUSED: "未准许",
    S.ALLOWED: "自行变卖中",
    S.PAID: "价款已付清，待解除查封",
    S.RELEASED: "已解除查封",
    S.EXPIRED: "期满未成，恢复处置",
    S.WITHDRAWN: "已撤回",
}

GROUND_RULES: dict[SelfSaleGround, str] = {
    G.REASONABLE_PRICE: "A-26",
    G.VALUE_TOO_LOW: "A-27",
    G.FAILED_PRICE: "A-27",
    G.FINANCING: "A-27",
    G.SEALED_TRANSFER: "A-28",
}

FAILURES_NEEDED: dict[SelfSaleGround, int] = {G.FAILED_PRICE: 1, G.FINANCING: 2, G.SEALED_TRANSFER: 2}
"""How many auctions must have failed before."""

OPEN_STATES = frozenset({AssetState.READY_TO_LIST, AssetState.LISTED})
"""Before a notice, or between rounds."""

PANEL_LEAST = 3


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """What is known of an asset whose debtor wants to sell by itself. Money in fen.

    `reference_fen`, `lowest_start_fen`: the fixed reference price and the lowest start of a first auction (V-40), None
    while there is none. `failed_fen`: the starting price of the last failed run. `claims_fen`: every claim known on the asset.
    `is_live`: a sale is announced or runs. `tried`: grounds on which a window has run out before.
    """

    kind: AssetKind
    state: AssetState
    reference_fen: int | None
    lowest_start_fen: int | None
    failures: int
    failed_fen: int | None
    claims_fen: int
    is_live: bool = False
    has_open_transfer: bool = False
    has_open_inquiry: bool = False
    is_objected: bool = False
    has_objected_to_report: bool = False
    tried: Collection[SelfSaleGround] = ()


def check_open(ground: SelfSaleGround, facts: SaleFacts) -> None:
    """Raise `RuleViolation` when the debtor may not sell by itself on this ground now (A-26, A-27, A-28)."""
    rule = GROUND_RULES[ground]
    if facts.state not in OPEN_STATES or facts.is_live:
        raise RuleViolation(
            rule, msg("标的物正在拍卖或者处于其他程序，不能自行变卖。请在发布公告之前或者流拍之后申请。")
        )
    if facts.has_open_transfer:
        raise RuleViolation(rule, msg("处置权移送正在办理，不能准许新的自行变卖。"))
    if facts.is_objected:
        raise RuleViolation(rule, msg("有未审结的执行异议，不能自行变卖。"))
    if ground is G.SEALED_TRANSFER and facts.kind is not AssetKind.REAL_ESTATE:
        raise RuleViolation(rule, msg("带封过户只适用于房产。"))
    needed = FAILURES_NEEDED.get(ground, 0)
    if facts.failures < needed:
        raise RuleViolation(rule, msg("该事由须在流拍 {count} 次之后。", count=needed))
    if needed and facts.has_open_inquiry:
        raise RuleViolation(rule, msg("正在征询债权人以物抵债，无人接受的才可以自行变卖。"))
    if ground is G.VALUE_TOO_LOW and facts.reference_fen is None:
        raise RuleViolation(rule, msg("参考价尚未确定。"))
    if ground is G.VALUE_TOO_LOW and facts.has_objected_to_report:
        raise RuleViolation(
            rule,
            msg("您已对参考价提出异议，不能再以参考价过低为由自行变卖；两种途径只能选择其一。"),
        )
    if ground in facts.tried:
        raise RuleViolation(rule, msg("以该事由自行变卖的期限已经用过一次。"))


def floor_fen(ground: SelfSaleGround, facts: SaleFacts, *, all_agree: bool) -> int | None:
    """The lowest price in fen; None where only the creditors protect themselves (no reference price is fixed).

    At the failed price after failed auctions; else not below the reference price, or the lowest start of a first auction when
    every known creditor agrees.
    """
    if ground in FAILURES_NEEDED:
        return facts.failed_fen
    if ground is G.REASONABLE_PRICE and all_agree:
        return facts.lowest_start_fen
    return facts.reference_fen


def check_price(
    ground: SelfSaleGround, facts: SaleFacts, price_fen: int, *, all_agree: bool
) -> Message | None:
    """Why the price is too low (A-26, A-27, A-28), or None."""
    lowest = floor_fen(ground, facts, all_agree=all_agree)
    if lowest is not None and price_fen < lowest:
        return msg("自行变卖的价格不得低于 {yuan} 元。", yuan=yuan(lowest))
    return None


def check_creditors(
    facts: SaleFacts, price_fen: int, *, all_agree: bool, buyer_is_related: bool
) -> Message | None:
    """Why the creditors are not protected, or None: shares always (S13 art. 10), a sale without a reference price, and one to
    a person close to the debtor need every known creditor's consent or a price that covers every claim."""
    if all_agree or price_fen >= facts.claims_fen:
        return None
    if facts.kind is AssetKind.SHARES:
        return msg("股权自行变卖须经全部已知债权人同意，或者价款足以清偿全部债权。")
    if facts.reference_fen is None:
        return msg("没有参考价的，须经全部已知债权人同意，或者价款足以清偿全部债权。")
    if buyer_is_related:
        return msg("买受人是被执行人的关联人的，须经全部已知债权人同意，或者价款足以清偿全部债权。")
    return None


def latest_end(kind: AssetKind, start: datetime, *, most_days: int, most_months_shares: int) -> datetime:
    """The farthest end (exclusive) of a window that opens at `start` (L-40): sixty days, shares three months."""
    if kind is AssetKind.SHARES:
        return months_end(start, months=most_months_shares, extend_over_holidays=False)
    return period_end(start, days=most_days, extend_over_holidays=False)


def window_end(start: datetime, *, days: int, latest: datetime) -> datetime | None:
    """The end (exclusive) of a window of `days`, or None when that is no day at all or beyond the latest end (L-40)."""
    if not 1 <= days <= 366:
        return None
    end = period_end(start, days=days, extend_over_holidays=False)
    return end if end <= latest else None


def check_decider(entered_by: UUID | None, decider: UUID | None) -> None:
    """Who wrote the application down does not decide on it (P-05). Raises `RuleViolation`."""
    if entered_by is not None and entered_by == decider:
        raise RuleViolation("P-05", msg("录入申请的人不能决定该申请，请由合议庭其他成员办理。"))


def check_state(current: str, *wanted: SelfSaleState) -> None:
    """Raise `RuleViolation` unless the own sale stands in one of the states that the act needs."""
    if S(current) not in wanted:
        raise RuleViolation(
            "A-26", msg("该自行变卖目前为“{state}”，不能办理此事项。", state=msg(STATE_LABELS[S(current)]))
        )

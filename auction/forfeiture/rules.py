"""The four uses of a forfeited deposit, in their order (B-34; S1 art. 24). Pure."""

from dataclasses import dataclass

from auction.forfeiture.models import ForfeitState, ResultKind
from core.errors import RuleViolation
from core.i18n import msg

STATE_LABELS: dict[ForfeitState, str] = {
    ForfeitState.HELD: "等待重新拍卖结果",
    ForfeitState.PROPOSED: "待决定使用",
    ForfeitState.ALLOCATED: "已按顺序使用",
    ForfeitState.REVERSED: "已撤销",
}

RESULT_LABELS: dict[ResultKind, str] = {
    ResultKind.RESOLD: "已重新成交并付清",
    ResultKind.IN_KIND: "已以物抵债",
    ResultKind.NOT_RESOLD: "未能再次变现",
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What each use could take, in fen, in the order of the law."""

    costs_fen: int
    shortfall_fen: int
    case_debt_fen: int
    linked_debt_fen: int


@dataclass(frozen=True, slots=True)
class Uses:
    """What each use gets, in fen, and what is left."""

    costs_fen: int
    shortfall_fen: int
    case_debt_fen: int
    linked_debt_fen: int
    left_fen: int


def shortfall_fen(failed_price_fen: int, result_price_fen: int | None, *, made_good_fen: int = 0) -> int:
    """By how much the re-auction fell short of the failed sale, less what deposits of other defaults have made good of it
    already. Without a new price there is no shortfall to reckon."""
    if result_price_fen is None:
        return 0
    return max(0, failed_price_fen - result_price_fen - made_good_fen)


def allocate(amount_fen: int, needs: Needs) -> Uses:
    """Fill the uses one after the other: costs of the failed sale, shortfall, debts of the case, linked debts (B-34)."""
    costs = min(amount_fen, needs.costs_fen)
    shortfall = min(amount_fen - costs, needs.shortfall_fen)
    case_debt = min(amount_fen - costs - shortfall, needs.case_debt_fen)
    linked_debt = min(amount_fen - costs - shortfall - case_debt, needs.linked_debt_fen)
    left = amount_fen - costs - shortfall - case_debt - linked_debt
    return Uses(costs, shortfall, case_debt, linked_debt, left)


def check_allocation(state: ForfeitState, *, result: ResultKind | None) -> None:
    """The deposit is held until the result of the re-auction is known, and used once (B-34). Raises `RuleViolation`."""
    if state not in {ForfeitState.HELD, ForfeitState.PROPOSED}:
        raise RuleViolation("B-34", msg("该保证金已经处理，不能重复使用。"))
    if result is None:
        raise RuleViolation("B-34", msg("重新拍卖的结果尚未确定，保证金暂不使用。"))

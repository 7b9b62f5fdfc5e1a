"""What an inquiry and an appraisal are paid by (V-14, V-25). Pure; money in fen."""

from collections.abc import Sequence
from enum import StrEnum

from core.errors import RuleViolation
from core.i18n import Message, msg

REISSUE_PERCENT = 30
FULL_PERCENT = 100


class FeeBasis(StrEnum):
    """On what a fee is counted."""

    PER_INQUIRY = "per_inquiry"
    APPRAISAL = "appraisal"
    PRICE = "price"
    ACTUAL_EXPENSE = "actual_expense"
    NOTHING = "nothing"


class FeeState(StrEnum):
    """`open`: the reasonable actual expense is not fixed yet; `nothing`: there is nothing to be paid."""

    OPEN = "open"
    FIXED = "fixed"
    PAID = "paid"
    NOTHING = "nothing"


BASIS_LABELS: dict[FeeBasis, Message] = {
    FeeBasis.PER_INQUIRY: msg("询价结果最接近成交价，按次计付"),
    FeeBasis.APPRAISAL: msg("成交价不低于评估价，以评估价为基准"),
    FeeBasis.PRICE: msg("成交价低于评估价，以成交价为基准"),
    FeeBasis.ACTUAL_EXPENSE: msg("未成交或者撤回，按合理的实际支出"),
    FeeBasis.NOTHING: msg("不计付费用"),
}
STATE_LABELS: dict[FeeState, Message] = {
    FeeState.OPEN: msg("待核定"),
    FeeState.FIXED: msg("待支付"),
    FeeState.PAID: msg("已支付"),
    FeeState.NOTHING: msg("不付费"),
}


def fee_basis(
    *, appraised_fen: int | None, price_fen: int | None, is_withdrawn: bool, is_replaced: bool
) -> tuple[FeeBasis, int | None]:
    """The basis of a firm's fee and its amount in fen, where one is named (V-25).

    A replaced firm gets nothing; without a sale, or when the appraisal was withdrawn, its reasonable actual expense; a sale
    above the appraisal counts the appraisal, one below it the price. `appraised_fen` is None where there is no report.
    """
    if is_replaced:
        return FeeBasis.NOTHING, None
    if is_withdrawn or price_fen is None or appraised_fen is None:
        return FeeBasis.ACTUAL_EXPENSE, None
    if price_fen >= appraised_fen:
        return FeeBasis.APPRAISAL, appraised_fen
    return FeeBasis.PRICE, price_fen


def normal_fee_fen(base_fen: int, *, bands: Sequence[tuple[int, int]]) -> int:
    """The fee for this base by a table of rates, each on its slice of the base, rounded half up to the fen (V-25).

    `bands`: (slice up to, rate in millionths), rising; above the last one its rate goes on.
    """
    millionths, below = 0, 0
    for up_to, rate in bands:
        millionths += max(0, min(base_fen, up_to) - below) * rate
        below = up_to
    millionths += max(0, base_fen - below) * bands[-1][1]
    return (2 * millionths + 1_000_000) // 2_000_000


def reissue_fee_fen(normal_fen: int) -> int:
    """The fee of a re-issued report: 30 % of the normal one, rounded down to the fen (V-25)."""
    return normal_fen * REISSUE_PERCENT // 100


def inquiry_fees(
    prices: Sequence[int], *, price_fen: int | None, fee_fen: int, is_withdrawn: bool, is_replaced: bool
) -> list[int]:
    """What each platform is paid, in fen (V-14): the whole fee to the one nearest to the sale's price, equal shares on a tie.

    Nothing without a sale, after a withdrawal, or when an appraisal took the inquiry's place. Leftover fen go to the first of
    the tied.
    """
    if is_withdrawn or is_replaced or price_fen is None or not prices:
        return [0] * len(prices)
    distances = [abs(price - price_fen) for price in prices]
    nearest = [index for index, distance in enumerate(distances) if distance == min(distances)]
    share, left = divmod(fee_fen, len(nearest))
    shares = [0] * len(prices)
    for rank, index in enumerate(nearest):
        shares[index] = share + (rank < left)
    return shares


def state_of(amount_fen: int | None) -> FeeState:
    """Where a fee of this amount stands that nobody has paid."""
    if amount_fen is None:
        return FeeState.OPEN
    return FeeState.FIXED if amount_fen else FeeState.NOTHING


def check_claim(state: FeeState) -> None:
    """An expense may be claimed, or claimed anew, until the court has fixed it (V-25). Raises `RuleViolation`."""
    if state is not FeeState.OPEN:
        raise RuleViolation("V-25", msg("该费用不按实际支出计付，或者已经核定。"))


def check_fixing(state: FeeState, *, claimed_fen: int | None, amount_fen: int) -> Message | None:
    """What is wrong with the expense that the court wants to fix, or None. Raises `RuleViolation` where none is to be fixed.

    Reasonable is at most what was claimed; nothing at all is possible.
    """
    if state is not FeeState.OPEN or claimed_fen is None:
        raise RuleViolation("V-25", msg("没有等待核定的实际支出，请先登记评估机构的申报。"))
    if not 0 <= amount_fen <= claimed_fen:
        return msg("核定金额不得超过申报金额。")
    return None


def check_payment(state: FeeState) -> None:
    """Only a fixed fee is paid, and once (V-14, V-25). Raises `RuleViolation`."""
    if state is FeeState.PAID:
        raise RuleViolation("V-25", msg("该费用已经支付，不能重复登记。"))
    if state is not FeeState.FIXED:
        raise RuleViolation("V-25", msg("该费用尚未核定或者无需支付。"))

"""Who may register and what must be paid (rulebook §4.4, §4.9, §5). Pure."""

from collections.abc import Collection

from auction.listing.models import LotState, Round
from core.errors import RuleViolation
from core.i18n import msg

REGISTRABLE = frozenset(
    {LotState.PUBLISHED, LotState.BIDDING, LotState.SELLOFF_OPEN, LotState.SELLOFF_BIDDING, LotState.PAUSED}
)


def check_open_for_registration(state: LotState, *, is_over: bool) -> None:
    """Registration is possible from publication until bidding ends (B-32). Raises `RuleViolation`."""
    if state not in REGISTRABLE:
        raise RuleViolation("B-32", msg("该标的物目前不接受报名。请在公告发布后、竞价结束前报名。"))
    if is_over:
        raise RuleViolation("B-32", msg("竞价已经结束，不能再报名。"))


def check_not_barred(
    *,
    holds_court_post: bool,
    is_related_to_staff: bool,
    defaulted_on_asset: bool,
) -> None:
    """People of the court and their near relatives may not bid (B-80); nor may who defaulted on this asset (B-81)."""
    if holds_court_post or is_related_to_staff:
        raise RuleViolation(
            "B-80", msg("法院、平台、辅助机构工作人员及其近亲属不得参加竞买，也不得委托他人竞买。")
        )
    if defaulted_on_asset:
        raise RuleViolation("B-81", msg("您曾对该标的物悔拍，不得参加其重新拍卖。"))


def deposit_due_fen(
    *, deposit_fen: int, starting_price_fen: int, round_: Round, is_applicant: bool, claim_fen: int
) -> int:
    """What must be paid before bidding, in fen.

    The deposit of the notice (B-30); the full price in a sell-off (X-05); for the applicant only what exceeds the own claim:
    `max(0, deposit − claim)` (B-31).
    """
    due = starting_price_fen if round_ is Round.SELL_OFF else deposit_fen
    return max(0, due - claim_fen) if is_applicant else due


def free_code(letter: str, digits: int, taken: Collection[str]) -> str:
    """A bidder code such as `B4085` that nobody has in this lot, searched upwards from a random start (B-32)."""
    for step in range(10_000):
        code = f"{letter}{(digits + step) % 10_000:04d}"
        if code not in taken:
            return code
    raise RuleViolation("B-32", msg("本场竞买代码已用完，请联系法院。"))

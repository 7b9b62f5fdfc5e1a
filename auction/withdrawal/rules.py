"""When a run may end without a result (B-51, B-52, B-53). Pure."""

from auction.listing.models import LotState
from auction.listing.rules import check_panel, check_transition
from auction.withdrawal.grounds import END_GROUNDS, WITHDRAWAL_GROUNDS
from core.errors import RuleViolation
from core.i18n import Message, msg

BEGUN = frozenset({LotState.BIDDING, LotState.SELLOFF_OPEN, LotState.SELLOFF_BIDDING})


def check_withdrawal(state: LotState, ground: str, *, has_begun: bool) -> None:
    """A lot is withdrawn before its start (B-51); afterwards it is stopped or ended (B-50, B-53). Raises `RuleViolation`."""
    if ground not in WITHDRAWAL_GROUNDS:
        raise RuleViolation("B-51", msg("请选择撤回事由。"))
    check_transition(state, LotState.WITHDRAWN)
    if has_begun or state in BEGUN:
        raise RuleViolation(
            "B-51",
            msg("竞价已经开始，不能撤回。"),
            remedy=msg("确有法定事由的，请办理暂缓、中止（B-50）或者终结（B-53）。"),
        )


def check_end(state: LotState, ground: str, *, has_begun: bool, is_over: bool) -> None:
    """A run that has begun, bid for or standing still, ends by ruling (B-53). Raises `RuleViolation`."""
    if ground not in END_GROUNDS:
        raise RuleViolation("B-53", msg("请选择终结事由。"))
    if state not in BEGUN | {LotState.PUBLISHED, LotState.PAUSED}:
        raise RuleViolation("B-53", msg("该拍品不在竞价期内，不能终结。"))
    if not has_begun:
        raise RuleViolation("B-53", msg("竞价尚未开始，请办理撤回（B-51）。"))
    if is_over:
        raise RuleViolation(
            "B-53", msg("竞价已经结束，不能终结。成交有误的，请通过执行异议程序撤销（B-55）。")
        )


def ruling_problems(*, approver: str, panel: list[str], is_automatic: bool) -> dict[str, Message]:
    """What a ruling to end still lacks, by field (P-05)."""
    if is_automatic:
        return {}
    problems: dict[str, Message] = {}
    if not approver:
        problems["approver"] = msg("请填写批准人。")
    if problem := check_panel(panel):
        problems["panel"] = problem
    return problems

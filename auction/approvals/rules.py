"""Assets whose transfer an authority must approve: ruling only afterwards, and what a refusal leads to (A-25, B-75). Pure."""

from auction.approvals.models import ApprovalState
from auction.settlement.models import SettlementState
from core.errors import RuleViolation
from core.i18n import Message, msg

STATE_LABELS = {
    ApprovalState.PENDING: "待审批机关答复",
    ApprovalState.APPROVED: "已批准",
    ApprovalState.REFUSED: "未获批准",
}
BEFORE_RULING = frozenset({SettlementState.AWAIT_BALANCE, SettlementState.PAID_FULL})


def check_noting(state: SettlementState, *, before: str | None) -> None:
    """Noted once, before the ruling passes the asset on. Raises `RuleViolation`."""
    if state not in BEFORE_RULING or before is not None:
        raise RuleViolation("B-75", msg("只能在作出裁定以前登记一次须经审批。"))


def check_answering(state: ApprovalState, settlement: SettlementState) -> None:
    """The authority answers once, before the ruling. Raises `RuleViolation`."""
    if state is not ApprovalState.PENDING or settlement not in BEFORE_RULING:
        raise RuleViolation("B-75", msg("审批结果已经登记，或者成交已不存在。"))


def ruling_hindrance(state: str | None) -> Message | None:
    """Why the ruling must wait, if it must (A-25)."""
    if state == ApprovalState.PENDING:
        return msg("该标的物的转让须经审批，审批机关尚未答复。")
    if state == ApprovalState.REFUSED:
        return msg("审批机关不予批准，不能裁定过户，请依法撤销成交。")
    return None


def revocation_ground(*, because_of_buyer: bool) -> str:
    """By which ground a refusal undoes the sale (B-55): the asset comes up again if only this buyer may not hold it."""
    return "unqualified_buyer" if because_of_buyer else "transfer_impossible"

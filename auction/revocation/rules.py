"""When a sale may be revoked (B-55, B-56, P-05). Pure: facts in, violation out."""

from auction.listing.models import LotState
from auction.listing.rules import check_panel
from auction.listing.rules import check_transition as check_lot
from auction.revocation.grounds import REVOCATION_GROUNDS
from auction.settlement.models import SettlementState
from auction.settlement.rules import check_transition
from core.errors import RuleViolation
from core.i18n import Message, msg
from core.money import yuan

REGISTRY_KNOWS = frozenset({SettlementState.TRANSFER_NOTICE_SENT, SettlementState.DELIVERED})
"""The registry has been asked to transfer the asset and lift the seals: it must be asked to undo both."""


def order_problems(
    *, ground: str, basis: str, approver: str, panel: list[str], is_automatic: bool
) -> dict[str, Message]:
    """What a revocation still lacks, by field (B-55, P-05)."""
    problems: dict[str, Message] = {}
    if ground not in REVOCATION_GROUNDS:
        problems["ground"] = msg("请选择撤销事由。")
    if not basis:
        problems["basis"] = msg("请填写据以撤销的生效裁定文号。")
    if not is_automatic:
        if not approver:
            problems["approver"] = msg("请填写批准人。")
        if problem := check_panel(panel):
            problems["panel"] = problem
    return problems


def check_revocation(lot: LotState, settlement: SettlementState) -> None:
    """A sale, paid or defaulted, ruled or delivered, may be revoked once (B-55, §11.3, §11.5). Raises `RuleViolation`."""
    check_lot(lot, LotState.REVOKED)
    check_transition(settlement, SettlementState.REVOKED)


def check_money(*, owed_fen: int, held_fen: int) -> None:
    """What was paid must still be with the court; what has been paid out comes back by reversal of execution first (B-56).

    Raises `RuleViolation`.
    """
    if held_fen < owed_fen:
        raise RuleViolation(
            "B-56",
            msg(
                "该笔成交款已发放 {yuan} 元，账上余额不足以退还买受人。",
                yuan=yuan(owed_fen - held_fen),
            ),
            remedy=msg("请先办理执行回转，款项追回后再撤销。"),
        )

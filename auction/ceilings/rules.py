"""What a ceiling may be, and when (B-40, B-41). Pure."""

from uuid import UUID

from auction.bidding.ceiling_rules import largest_limit, lowest_leading, steps_to
from auction.bidding.rules import BiddingState, Procedure
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.money import yuan

NOT_ALLOWED = msg("合议庭没有为本标的开放委托限价，请自行出价。")
CLOSED = msg("竞价已经结束，不能再设置或撤回委托限价。")
NOT_STANDING = msg("您没有生效中的委托限价，无需撤回。")


def check_settable(*, allowed: bool, has_ended: bool) -> None:
    """Raises `RuleViolation` where the panel has not allowed ceilings, or bidding is over (B-41)."""
    if not allowed:
        raise RuleViolation("B-40", NOT_ALLOWED)
    if has_ended:
        raise RuleViolation("B-41", CLOSED)


def check_amount(
    procedure: Procedure,
    state: BiddingState,
    limit_fen: int,
    registration_id: UUID,
    priority_order: int | None,
) -> None:
    """Raises `InvalidInput` for a ceiling that allows no bid that would lead, lies between two steps, or beyond the bound."""
    lowest = lowest_leading(procedure, state, registration_id, priority_order)
    problem: Message | None = None
    if limit_fen < lowest:
        if registration_id == state.leader:
            problem = msg(
                "您已以 {price} 元领先，委托限价须不低于 {lowest} 元；不想再加价的，请撤回委托。",
                price=yuan(state.price_fen or 0),
                lowest=yuan(lowest),
            )
        else:
            problem = msg("委托限价不得低于目前的最低可出价 {lowest} 元。", lowest=yuan(lowest))
    elif limit_fen > (most := largest_limit(procedure)):
        problem = msg("委托限价不得超过 {most} 元，请核对位数。", most=yuan(most))
    elif steps_to(procedure, limit_fen) is None:
        below = limit_fen - (limit_fen - procedure.starting_price_fen) % procedure.increment_fen
        problem = msg(
            "委托限价须为起拍价加增价幅度的整数倍，例如 {below} 元或 {above} 元。",
            below=yuan(below),
            above=yuan(below + procedure.increment_fen),
        )
    if problem is not None:
        raise InvalidInput(problem, fields={"limit": problem}, rule="B-40")

"""What an objection changes, what stays undisputed whatever comes of it, and its steps (D-23, M-07). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, combinations

from auction.proceeds.objections.models import Demand, PlanObjectionState
from auction.proceeds.plan.divide import SPECIAL, Claim, Rank
from core.errors import RuleViolation
from core.i18n import Message, msg

S = PlanObjectionState
OPEN = (S.FILED, S.CONTESTED, S.SUED)
MOST_TOGETHER = 6
"""So many open objections are combined with each other; with more of them nothing counts as undisputed."""

STATE_LABELS: dict[PlanObjectionState, str] = {
    S.FILED: "等待反对意见",
    S.CONTESTED: "有反对意见，等待起诉",
    S.SUED: "已起诉，争议款提存",
    S.UPHELD: "按异议修正",
    S.FAILED: "按原方案",
    S.WITHDRAWN: "已撤回",
}
DEMAND_LABELS: dict[Demand, str] = {
    Demand.EXCLUDE: "不应列入分配",
    Demand.AMOUNT: "债权数额应为",
    Demand.RANK: "受偿顺位应为",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What an objection wants of one claim."""

    claim_id: str
    demand: Demand
    fen: int | None = None
    rank: Rank | None = None


def changed(claims: Sequence[Claim], changes: Iterable[Change]) -> list[Claim]:
    """The claims as they would be with the changes."""
    result = list(claims)
    for change in changes:
        if change.demand is Demand.EXCLUDE:
            result = [each for each in result if each.id != change.claim_id]
            continue
        result = [_changed(each, change) if each.id == change.claim_id else each for each in result]
    return result


def _changed(claim: Claim, change: Change) -> Claim:
    if change.demand is Demand.AMOUNT:
        return replace(claim, title_fen=change.fen or 0)
    rank = change.rank or claim.rank
    return replace(claim, rank=rank, part=claim.part or 0 if rank in SPECIAL else claim.part)


def subsets(changes: Sequence[Change]) -> list[tuple[Change, ...]]:
    """Every way in which the open objections may end: each founded or not."""
    return list(chain.from_iterable(combinations(changes, size) for size in range(len(changes) + 1)))


def undisputed(outcomes: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """What everybody gets in every outcome: that much may be paid at once (M-07)."""
    everybody = {subject for each in outcomes for subject in each}
    least = {subject: min(each.get(subject, 0) for each in outcomes) for subject in everybody}
    return {subject: amount for subject, amount in least.items() if amount}


def demand_problem(
    demand: Demand, *, fen: int | None, rank: Rank | None, now_fen: int, now_rank: Rank
) -> Message | None:
    """Why the demand changes nothing, or lacks what it wants."""
    if demand is Demand.AMOUNT and (fen is None or fen == now_fen):
        return msg("请填写与方案不同的债权数额。")
    if demand is Demand.RANK and (rank is None or rank is now_rank):
        return msg("请选择与方案不同的顺位。")
    return None


def check_in_window(
    window_ends_at: datetime | None, now: datetime, *, posted_at: datetime | None = None
) -> None:
    """An objection or a view counts within its fifteen days; by post when it was posted within them (D-23, C-03).

    Raises `RuleViolation`.
    """
    if window_ends_at is None:
        raise RuleViolation("D-23", msg("尚未登记收到，期限没有开始；请先确认收到。"))
    if min(now, posted_at or now) >= window_ends_at:
        raise RuleViolation("D-23", msg("十五日期限已经届满，不再受理。"))


def check_state(current: PlanObjectionState, *allowed: PlanObjectionState) -> None:
    """Raise `RuleViolation` when the objection does not stand where the step needs it."""
    if current not in allowed:
        raise RuleViolation(
            "D-23", msg("该异议目前为“{state}”，不能办理此事项。", state=msg(STATE_LABELS[current]))
        )

"""The law of taking in kind (rulebook B-74, X-01, X-09; S3 arts 16, 23–25). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auction.in_kind.models import Answer, OfferState
from core.deadlines.rules import is_in_time
from core.errors import RuleViolation
from core.i18n import msg

S = OfferState

TRANSITIONS: dict[OfferState, frozenset[OfferState]] = {
    S.OPEN: frozenset({S.DRAWING, S.AWAIT_DIFFERENCE, S.AWAIT_RULING, S.DECLINED, S.CANCELLED}),
    S.DRAWING: frozenset({S.AWAIT_DIFFERENCE, S.AWAIT_RULING, S.CANCELLED}),
    S.AWAIT_DIFFERENCE: frozenset({S.AWAIT_DIFFERENCE, S.AWAIT_RULING, S.LAPSED, S.CANCELLED}),
    S.AWAIT_RULING: frozenset({S.RULED, S.CANCELLED}),
    S.RULED: frozenset({S.SERVED, S.CANCELLED}),
    S.SERVED: frozenset(),
    S.DECLINED: frozenset({S.DRAWING, S.AWAIT_DIFFERENCE, S.AWAIT_RULING}),
    S.LAPSED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""An inquiry without a taker comes back to life only for an answer that was posted in time (C-03)."""

STATE_LABELS: dict[OfferState, str] = {
    S.OPEN: "征询中",
    S.DRAWING: "待抽签",
    S.AWAIT_DIFFERENCE: "待补交差额",
    S.AWAIT_RULING: "待裁定",
    S.RULED: "已裁定抵债",
    S.SERVED: "裁定已送达",
    S.DECLINED: "无人接受",
    S.LAPSED: "未补交差额",
    S.CANCELLED: "已终止",
}

ANSWER_LABELS: dict[Answer, str] = {Answer.TAKE: "接受抵债", Answer.REFUSE: "不接受"}


def check_transition(current: OfferState, wanted: OfferState) -> None:
    """Raise `RuleViolation` when an inquiry cannot go from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "B-74",
            msg(
                "以物抵债目前处于“{current}”，不能转为“{wanted}”。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


def check_answer_in_time(
    state: OfferState, *, due_at: datetime, now: datetime, posted_at: datetime | None = None
) -> None:
    """An answer counts before the end of the inquiry; by post when it was posted before (C-03). Raises `RuleViolation`."""
    may_answer = state is S.OPEN or (state is S.DECLINED and posted_at is not None)
    if not may_answer:
        raise RuleViolation("B-74", msg("征询已经结束，不能再答复。"))
    if not is_in_time(now, due_at, posted_at=posted_at):
        raise RuleViolation("X-01", msg("答复期限已经届满，视为不接受以物抵债。"))


def proposed_rank(*, has_priority: bool, debtor_is_natural: bool, seal_position: int) -> int:
    """The legal rank to start from: 1 for a priority right; then all alike against a natural person (D-03), and in the order
    of the seals against a company. The officer corrects it with a reason."""
    if has_priority:
        return 1
    return 2 if debtor_is_natural else 1 + max(seal_position, 1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A creditor's claim as the price would be distributed; money in fen."""

    id: UUID
    rank: int
    claim_fen: int


def due_share_fen(price_fen: int, costs_fen: int, claims: Sequence[Claim], taker: UUID) -> int:
    """What the taker would be paid of the price for the own claim: costs first, then rank by rank, alike claims in proportion
    (rounded down to the fen)."""
    left = max(0, price_fen - costs_fen)
    own = next(claim for claim in claims if claim.id == taker)
    left -= min(left, sum(claim.claim_fen for claim in claims if claim.rank < own.rank))
    alike = sum(claim.claim_fen for claim in claims if claim.rank == own.rank)
    if alike <= left:
        return own.claim_fen
    return left * own.claim_fen // alike


@dataclass(frozen=True, slots=True)
class Taker:
    """A creditor who takes. `drawn_place` is known once lots were drawn."""

    id: UUID
    rank: int
    drawn_place: int | None = None


def tied(takers: Sequence[Taker]) -> bool:
    """Whether lots must be drawn: two or more of the best rank, and no draw yet (B-74)."""
    best = [taker for taker in takers if taker.rank == min(each.rank for each in takers)]
    return len(best) > 1 and any(taker.drawn_place is None for taker in best)


def first_taker(takers: Sequence[Taker]) -> Taker:
    """Who takes: the best rank, among equals the first drawn. The takers are not tied."""
    return min(takers, key=lambda taker: (taker.rank, taker.drawn_place or 0))


PUBLIC_VALUE = r"[0-9A-Za-z.,:/-]{1,40}"
"""The public value of a draw, as it was published."""

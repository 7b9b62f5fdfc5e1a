"""How much may be sealed, and what a notice of the seal fixes (A-06, A-09, A-10). Pure; money in fen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.errors import RuleViolation
from core.i18n import msg
from disposal_teams.surveys.rules import is_excess_seal


@dataclass(frozen=True, slots=True)
class SealedValue:
    """A sealed asset with what it is worth after what ranks before; in the order of sealing."""

    key: str
    value_fen: int
    is_indivisible: bool


class Needed(StrEnum):
    """Whether the claim needs the seal."""

    NEEDED = "needed"
    WHOLE_NEEDED = "whole_needed"
    EXCESS = "excess"


def judge_seals(assets: Sequence[SealedValue], *, claim_fen: int, costs_fen: int) -> dict[str, Needed]:
    """For each asset whether claim and costs need its seal (A-06).

    In order of sealing, as long as what is sealed so far does not cover claim and costs. WHOLE_NEEDED: worth more than is
    still needed, but indivisible, so that the whole of it stays sealed.
    """
    verdicts: dict[str, Needed] = {}
    covered = 0
    for asset in assets:
        goes_beyond = is_excess_seal(
            value_fen=asset.value_fen,
            other_sealed_value_fen=covered,
            claim_fen=claim_fen,
            costs_fen=costs_fen,
            indivisible=asset.is_indivisible,
        )
        if goes_beyond:
            verdicts[asset.key] = Needed.EXCESS
            continue
        covered += asset.value_fen
        verdicts[asset.key] = Needed.WHOLE_NEEDED if covered > claim_fen + costs_fen else Needed.NEEDED
    return verdicts


def check_receipt(*, sent_on: date | None, received_on: date, today: date) -> None:
    """Raise `RuleViolation` for a receipt that cannot be: before it was sent, or in the future (A-09)."""
    if sent_on is None or received_on < sent_on or received_on > today:
        raise RuleViolation("A-09", msg("收到日期须在发出日期之后、今天之前。"))


def secured_amount(*, owed_at_receipt_fen: int, highest_fen: int) -> int:
    """What a maximum-amount mortgage secures once the notice of the seal is received: what is owed then, at most the
    agreed maximum; it no longer grows (A-09)."""
    if min(owed_at_receipt_fen, highest_fen) < 0:
        raise ValueError("sums of money are not negative")
    return min(owed_at_receipt_fen, highest_fen)

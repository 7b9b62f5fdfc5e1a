"""Which run of an asset comes next. Pure over the runs that were."""

from collections.abc import Sequence
from uuid import UUID

from auction.listing.models import LIVE_STATES, Lot, LotState, Round
from auction.listing.queries import Position
from core.errors import Conflict, RuleViolation
from core.i18n import msg
from disposal_teams.assets.models import AssetState

ROUND_CLOCKS = ("L-13", "L-23", "B-35")
"""The clocks of an asset that wait for the notice of its next run: second auction, sell-off, repetition after a default."""

_UNDONE = frozenset({LotState.WITHDRAWN, LotState.REVOKED})
"""As if the run had not been: the round is held again (B-51, B-55)."""


def next_position(lots: Sequence[Lot]) -> Position:
    """The run that may follow `lots` (all runs of one asset, oldest first): B-26, B-35, X-01, X-12.

    Raises `Conflict` while a run is live or when the asset is sold.
    """
    if not lots:
        return Position(Round.FIRST, 0, 0, None, None)
    last = lots[-1]
    state, round_ = LotState(last.state), Round(last.round)
    if state in LIVE_STATES:
        raise Conflict(
            msg("该标的物已有进行中的拍品 {number}，请在该拍品上继续办理。", number=last.lot_no), rule="§11.3"
        )
    if state is LotState.SOLD:
        raise Conflict(msg("该标的物已经成交，不能再次上拍。"), rule="§11.3")
    if state is LotState.DEFAULTED:
        return _again(lots, last, last.rerun + 1, last)
    if state in _UNDONE:
        return _again(lots, last, last.rerun, defaulted_run(lots, round_) if last.rerun else None)
    following = {Round.FIRST: Round.SECOND, Round.SECOND: Round.SELL_OFF, Round.SELL_OFF: Round.FIRST}[round_]
    previous = None if following is Round.FIRST else last
    return Position(following, 0, attempt_of(lots, following, 0), previous, None)


def check_sell_off_settled(lots: Sequence[Lot], asset_state: AssetState) -> None:
    """After an unsold sell-off nothing is listed before it is decided what becomes of the asset (X-09, X-12). Raises
    `RuleViolation`. An unsold sell-off without auctions may be followed by one at a lower price, or by an auction."""
    last = lots[-1] if lots else None
    unsold = last is not None and last.state == LotState.SELLOFF_FAILED and last.direct_sale_id is None
    if unsold and asset_state in {AssetState.LISTED, AssetState.OFFERED_IN_KIND}:
        raise RuleViolation("X-09", msg("变卖未成交，请先由合议庭决定标的物的后续处理。"))


def direct_position(lots: Sequence[Lot], direct_sale_id: UUID) -> Position:
    """The run of a sell-off without an auction under a new permission (A-21, X-10). Raises `Conflict` as `next_position`."""
    next_position(lots)
    return Position(
        Round.SELL_OFF, 0, attempt_of(lots, Round.SELL_OFF, 0), None, None, direct_sale_id=direct_sale_id
    )


def _again(lots: Sequence[Lot], last: Lot, rerun: int, rerun_of: Lot | None) -> Position:
    """The same round once more, after a default or a withdrawal."""
    round_ = Round(last.round)
    return Position(
        round_,
        rerun,
        attempt_of(lots, round_, rerun),
        None if last.direct_sale_id else before_round(lots, round_),
        rerun_of,
        direct_sale_id=last.direct_sale_id,
    )


def defaulted_run(lots: Sequence[Lot], round_: Round) -> Lot | None:
    """The newest run of the round that ended in a default: what its repetition repeats, however often that is withdrawn."""
    defaulted = [lot for lot in lots if lot.round == round_ and lot.state == LotState.DEFAULTED]
    return defaulted[-1] if defaulted else None


def before_round(lots: Sequence[Lot], round_: Round) -> Lot | None:
    """The newest failed run of the round before, whose starting price limits this round (V-41, X-04)."""
    wanted = {Round.FIRST: None, Round.SECOND: Round.FIRST, Round.SELL_OFF: Round.SECOND}[round_]
    failed = [lot for lot in lots if lot.round == wanted and lot.state == LotState.FAILED]
    return failed[-1] if failed else None


def attempt_of(lots: Sequence[Lot], round_: Round, rerun: int) -> int:
    """The number of a further run of the same round (after a withdrawal, or a new disposal of the asset)."""
    return 1 + max((lot.attempt for lot in lots if lot.round == round_ and lot.rerun == rerun), default=-1)

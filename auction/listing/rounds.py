"""Which run of an asset comes next. Pure over the runs that were."""

from collections.abc import Sequence

from auction.listing.models import LIVE_STATES, Lot, LotState, Round
from auction.listing.queries import Position
from core.errors import Conflict
from core.i18n import msg

_DONE = frozenset({LotState.SOLD, LotState.REVOKED})


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
    if state in _DONE:
        raise Conflict(msg("该标的物已经成交，不能再次上拍。"), rule="§11.3")
    if state is LotState.DEFAULTED:
        rerun = last.rerun + 1
        previous = before_round(lots, round_)
        return Position(round_, rerun, attempt_of(lots, round_, rerun), previous, last)
    if state is LotState.WITHDRAWN:
        previous = before_round(lots, round_)
        repeated = defaulted_run(lots, round_) if last.rerun else None
        return Position(round_, last.rerun, attempt_of(lots, round_, last.rerun), previous, repeated)
    following = {Round.FIRST: Round.SECOND, Round.SECOND: Round.SELL_OFF, Round.SELL_OFF: Round.FIRST}[round_]
    previous = None if following is Round.FIRST else last
    return Position(following, 0, attempt_of(lots, following, 0), previous, None)


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

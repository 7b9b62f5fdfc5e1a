"""The bidding law as a pure fold (B-40 to B-46): `decide(procedure, state, bid) -> Decision`.

The same function decides live bids inside the lot's lock and replays the public log, so anyone can verify a sale.
Money in fen, times aware UTC. A refusal is an outcome, never an exception: it is recorded like an accepted bid.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from auction.bidding.models import BidOutcome
from auction.listing.models import ExtensionFrom

ABSURD_FEN = 10**15
"""Ten trillion yuan: whatever is above is a slip of the keyboard."""

SELL_OFF_BIDDING_S = 24 * 3600
"""In the sell-off the first bid starts 24 hours of bidding (X-06): the rule's figure and no setting, so that whoever replays
a log counts the same."""


class Procedure(Struct, frozen=True):
    """What the notice fixed for this lot. `window_s` and `extension_s` in seconds (B-41, L-15)."""

    starting_price_fen: int
    increment_fen: int
    window_s: int = 300
    extension_s: int = 300
    extension_from: str = ExtensionFrom.BID
    may_outbid_self: bool = False
    is_sell_off: bool = False


class BiddingState(Struct, frozen=True):
    """Where a lot's bidding stands. `price_fen` and `leader` are None before the first accepted bid.

    `leader_priority` is None for an ordinary bidder, who ranks after every order of priority (B-44).
    """

    starts_at: datetime
    ends_at: datetime
    phase: str = "open"
    price_fen: int | None = None
    leader: UUID | None = None
    leader_code: str | None = None
    leader_priority: int | None = None
    last_seq: int = 0
    accepted_count: int = 0
    extension_count: int = 0


class BidRequest(Struct, frozen=True):
    """A bid in the order of arrival; `at` is the court time that counts for it. `qualified` is false when the
    registration has lost (or never had) its qualification. `by_ceiling`: the ceiling by which the system makes this bid."""

    registration_id: UUID
    code: str
    amount_fen: int
    at: datetime
    priority_order: int | None = None
    qualified: bool = True
    by_ceiling: int | None = None


class Decision(Struct, frozen=True):
    """The state after the bid, how it was decided, and whether it moved the end (B-41)."""

    state: BiddingState
    outcome: BidOutcome
    extended: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the bid now leads."""
        return self.outcome is BidOutcome.ACCEPTED

    @property
    def ends_at(self) -> datetime:
        """The end of bidding after this bid."""
        return self.state.ends_at


def code_identity(code: str) -> UUID:
    """A stand-in for the registration, which the public log does not name: one per code."""
    return UUID(bytes=sha256(code.encode()).digest()[:16])


def outranks(order: int | None, leader_order: int | None) -> bool:
    """Whether a bid of this priority order beats an equal earlier one (B-44): only a strictly better order does."""
    return order is not None and (leader_order is None or order < leader_order)


def refusal(procedure: Procedure, state: BiddingState, bid: BidRequest) -> BidOutcome | None:
    """Why the bid cannot be accepted, or None (B-40, B-41, B-44, B-46). A leader's ceiling may raise over his own bid: it does so
    only against another's ceiling, which is recorded with it (`ceiling_rules`)."""
    if state.phase == "paused":
        return BidOutcome.PAUSED
    if state.phase == "closed" or bid.at >= state.ends_at:
        return BidOutcome.LATE
    if bid.at < state.starts_at:
        return BidOutcome.NOT_STARTED
    if not bid.qualified:
        return BidOutcome.NOT_QUALIFIED
    amount = bid.amount_fen
    if amount > ABSURD_FEN:
        return BidOutcome.ABSURD
    if amount < procedure.starting_price_fen:
        return BidOutcome.BELOW_START
    off_step = (amount - procedure.starting_price_fen) % procedure.increment_fen != 0
    if state.price_fen is None:
        return BidOutcome.BAD_STEP if off_step else None
    if amount == state.price_fen:
        better = outranks(bid.priority_order, state.leader_priority) and bid.registration_id != state.leader
        return None if better else BidOutcome.EQUAL_WITHOUT_BETTER_RANK
    if amount < state.price_fen + procedure.increment_fen:
        return BidOutcome.TOO_LOW
    if off_step:
        return BidOutcome.BAD_STEP
    if bid.registration_id == state.leader and not procedure.may_outbid_self and bid.by_ceiling is None:
        return BidOutcome.SELF_OUTBID
    return None


def end_after(procedure: Procedure, state: BiddingState, at: datetime) -> datetime:
    """The end of bidding once a bid at `at` is accepted (B-41; in the sell-off X-06 for the first bid, whose
    24 hours are completed even beyond the last day: X-11)."""
    if procedure.is_sell_off and state.price_fen is None:
        return at + timedelta(seconds=SELL_OFF_BIDDING_S)
    if state.ends_at - at > timedelta(seconds=procedure.window_s):
        return state.ends_at
    length = timedelta(seconds=procedure.extension_s)
    if procedure.extension_from == ExtensionFrom.CLOSE:
        return state.ends_at + length
    return max(state.ends_at, at + length)


def decide(procedure: Procedure, state: BiddingState, bid: BidRequest) -> Decision:
    """Decide one bid. Every decided bid takes the next number of the lot's log, refused ones too (B-47)."""
    seq = state.last_seq + 1
    outcome = refusal(procedure, state, bid)
    if outcome is not None:
        return Decision(replace(state, last_seq=seq), outcome)
    ends_at = end_after(procedure, state, bid.at)
    first_of_sell_off = procedure.is_sell_off and state.price_fen is None
    extended = ends_at > state.ends_at and not first_of_sell_off
    after = BiddingState(
        starts_at=state.starts_at,
        ends_at=ends_at,
        phase=state.phase,
        price_fen=bid.amount_fen,
        leader=bid.registration_id,
        leader_code=bid.code,
        leader_priority=bid.priority_order,
        last_seq=seq,
        accepted_count=state.accepted_count + 1,
        extension_count=state.extension_count + extended,
    )
    return Decision(after, BidOutcome.ACCEPTED, extended)


def replay(
    procedure: Procedure, state: BiddingState, bids: Iterable[BidRequest]
) -> Iterator[tuple[BidRequest, Decision]]:
    """Fold bids in their order, yielding each with its decision; the last decision's state is the result."""
    for bid in bids:
        decision = decide(procedure, state, bid)
        state = decision.state
        yield bid, decision


def next_amount(procedure: Procedure, state: BiddingState) -> int:
    """The lowest amount (fen) an ordinary bidder may offer now (B-40)."""
    if state.price_fen is None:
        return procedure.starting_price_fen
    return state.price_fen + procedure.increment_fen

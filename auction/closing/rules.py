"""How a lot ends (B-41, B-43, B-49, X-09). Pure."""

from auction.listing.models import LotState


def outcome_at_end(*, has_bid: bool, is_sell_off: bool) -> LotState:
    """One bid at or above the starting price is a sale (B-43); none is a failure (B-49), in a sell-off its end (X-09)."""
    if has_bid:
        return LotState.SOLD
    return LotState.SELLOFF_FAILED if is_sell_off else LotState.FAILED


def state_at_start(*, is_sell_off: bool) -> LotState:
    """What a published lot becomes when its time comes."""
    return LotState.SELLOFF_OPEN if is_sell_off else LotState.BIDDING

"""Slips of the keyboard: a bid that is far above what it takes, and the nearest amounts to one that is no step (B-40). Pure.

Nothing here decides a bid. A bid cannot be taken back, and who wins by a digit too many loses the deposit (§13-6): so the page
asks once more before it sends such a bid. Money in fen.
"""

FAR_PERCENT = 20
FAR_STEPS = 10
"""A bid is far above when it exceeds the lowest possible one by both: a fifth, and ten increments."""


def is_far_above(amount_fen: int, *, lowest_fen: int, increment_fen: int) -> bool:
    """Whether a bid is so far above the lowest possible one that its bidder should look at it again."""
    return amount_fen - lowest_fen > max(lowest_fen * FAR_PERCENT // 100, FAR_STEPS * increment_fen)


def nearest_steps(
    amount_fen: int, *, starting_fen: int, increment_fen: int, lowest_fen: int
) -> tuple[int, ...]:
    """The valid amounts beside one that is no step: the next lower one, if it is still possible, and the next higher one."""
    below = starting_fen + (amount_fen - starting_fen) // increment_fen * increment_fen
    return tuple(each for each in (below, below + increment_fen) if each >= lowest_fen) or (lowest_fen,)

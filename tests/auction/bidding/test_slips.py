"""Slips of the keyboard (B-40, §13-6): pure."""

from hypothesis import given
from hypothesis import strategies as st

from auction.bidding.slips import is_far_above, nearest_steps

FEN = st.integers(1, 10**12)


def test_B40_a_digit_too_many_is_far_above_and_a_bold_raise_is_not() -> None:
    at = {"lowest_fen": 28_185_246, "increment_fen": 200_000}
    assert is_far_above(281_852_460, **at)
    assert not is_far_above(28_185_246, **at)
    assert not is_far_above(33_000_000, **at), "less than a fifth"
    assert not is_far_above(2_000, lowest_fen=1_000, increment_fen=100), "ten steps of a cheap thing"
    assert is_far_above(2_100, lowest_fen=1_000, increment_fen=100)


@given(FEN, FEN, st.integers(1, 10**9), st.integers(0, 10**4))
def test_B40_the_nearest_steps_are_valid_bids(amount: int, start: int, step: int, steps: int) -> None:
    lowest = start + steps * step
    found = nearest_steps(amount, starting_fen=start, increment_fen=step, lowest_fen=lowest)
    assert found
    for each in found:
        assert each >= lowest
        assert (each - start) % step == 0
        assert each == lowest or abs(each - amount) <= step

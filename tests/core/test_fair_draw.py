"""A draw is fixed by the commitment and the public value, and by nothing else."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from core.fair_draw import commitment, drawn_order, new_secret

secrets = st.binary(min_size=32, max_size=32)
numbers = st.integers(0, 10**9).map(str)
tickets = st.lists(numbers, min_size=1, max_size=8, unique=True)


@given(secrets, numbers, tickets)
def test_the_order_is_a_permutation_whatever_order_the_tickets_come_in(
    secret: bytes, value: str, names: list[str]
) -> None:
    order = drawn_order(secret, value, names)
    assert sorted(order) == sorted(names)
    assert drawn_order(secret, value, list(reversed(names))) == order


def test_anyone_recomputes_it_in_three_lines() -> None:
    secret, value, names = bytes(range(32)), "3286.65", ["甲", "乙", "丙"]
    assert commitment("draw", secret) == sha256(b"disposal-draw/1" + b"draw" + secret).digest()
    seed = sha256(secret + value.encode()).digest()
    by_hand = sorted(names, key=lambda name: sha256(seed + name.encode()).hexdigest())
    assert drawn_order(secret, value, names) == by_hand


def test_every_ticket_is_drawn_first_about_equally_often() -> None:
    first = [drawn_order(number.to_bytes(32, "big"), "1", ["a", "b", "c"])[0] for number in range(3000)]
    assert all(900 < first.count(name) < 1100 for name in "abc")


def test_secrets_differ() -> None:
    assert new_secret() != new_secret()

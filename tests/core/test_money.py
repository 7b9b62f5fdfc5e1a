"""Money: read, write, share, say in capital numerals. Nothing is lost to rounding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.money import (
    LARGEST_FEN,
    Rounding,
    capital_amount,
    parse_yuan,
    percent_of,
    share,
    split_by_weight,
    yuan,
)

amounts = st.integers(0, LARGEST_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234", 123_400),
        ("1,234.56", 123_456),
        ("１，２３４．５", 123_450),
        (" ￥0.01 元", 1),
        ("0", 0),
        ("10,000,000,000,000", LARGEST_FEN),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "+1",
        "10000000000000.01",
        "1,234,5",
        "1.234",
        "1e3",
        "1.",
        ".5",
        "12,34",
        "1,2345",
        "壹佰",
        "١٢",
        "1 000",
        "1\x00",
        "inf",
        "NaN",
        "9" * 5000,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_yuan(text)


@given(amounts)
def test_writing_and_reading_an_amount_gives_it_back(fen: int) -> None:
    assert parse_yuan(yuan(fen)) == fen


def test_negative_balances_are_written_with_their_sign() -> None:
    assert yuan(-123_456_789) == "-1,234,567.89"
    assert yuan(-1) == "-0.01"


@given(amounts, st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_off_by_less_than_one_fen_and_rounds_as_told(fen: int, top: int, bottom: int) -> None:
    exact = Decimal(fen) * top / bottom
    low, near, high = (share(fen, top, bottom, rounding) for rounding in _roundings())
    assert low * bottom <= fen * top <= high * bottom
    assert high - low <= 1
    assert near in (low, high)
    assert exact - near <= Decimal("0.5000001")


def _roundings() -> tuple[Rounding, Rounding, Rounding]:
    return ("floor", "half_up", "ceil")


@pytest.mark.parametrize(
    ("fen", "percent", "expected"),
    [
        (100_000_000, 70, 70_000_000),
        (70_000_000, "80", 56_000_000),
        (70_000_000, "5", 3_500_000),
        (1, "50", 1),
        (1000, "17.55", 176),
    ],
)
def test_percentages_of_the_price_vectors(fen: int, percent: str | int, expected: int) -> None:
    assert percent_of(fen, percent) == expected


@given(
    amounts,
    st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(lambda weights: sum(weights) > 0),
)
def test_D07_a_split_gives_out_every_fen_and_nobody_is_off_by_more_than_one(
    total: int, weights: list[int]
) -> None:
    shares = split_by_weight(total, weights)
    assert sum(shares) == total
    for got, weight in zip(shares, weights, strict=True):
        exact = total * weight
        assert exact // sum(weights) <= got <= -(-exact // sum(weights))


def test_D07_the_leftover_goes_to_the_largest_remainder_then_to_the_first() -> None:
    assert split_by_weight(100, [1, 1, 1]) == [34, 33, 33]
    assert split_by_weight(10, [66, 17, 17]) == [6, 2, 2]


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (123_456, "壹仟贰佰叁拾肆元伍角陆分"),
        (1000, "壹拾元整"),
        (1_000_50, "壹仟元伍角整"),
        (100_000_00, "壹拾万元整"),
        (100_010_00, "壹拾万零壹拾元整"),
        (1_234_567_00, "壹佰贰拾叁万肆仟伍佰陆拾柒元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (1_000_100_000_00, "壹拾亿零壹拾万元整"),
        (1_000_000_000_000_00, "壹万亿元整"),
        (1_200_000_000_000_00, "壹万贰仟亿元整"),
        (1_000_100_000_000_00, "壹万零壹亿元整"),
    ],
)
def test_amounts_in_capital_numerals(fen: int, words: str) -> None:
    assert capital_amount(fen) == words


@given(amounts)
def test_capital_numerals_are_unambiguous(fen: int) -> None:
    words = capital_amount(fen)
    assert "零零" not in words
    assert _read(words) == fen


def _read(words: str) -> int:
    """The amount back from its capital numerals, by another road than the one that wrote it."""
    digits = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
    small = {"拾": 10, "佰": 100, "仟": 1000}
    total = group = digit = 0
    fen = 0
    for word in words:
        if word in digits:
            digit = digits[word]
        elif word in small:
            group, digit = group + digit * small[word], 0
        elif word == "万":
            total, group, digit = total + (group + digit) * 10**4, 0, 0
        elif word == "亿":
            total, group, digit = (total + group + digit) * 10**8, 0, 0
        elif word == "元":
            fen, total, group, digit = (total + group + digit) * 100, 0, 0, 0
        elif word in "角分":
            fen, digit = fen + digit * (10 if word == "角" else 1), 0
    return fen

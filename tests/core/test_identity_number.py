"""Identity numbers (GB 11643), credit codes (GB 32100) and masking."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.identity_number import (
    birthday,
    checked_credit_code,
    checked_identity_number,
    identity_check_digit,
    masked_name,
    masked_number,
)

bodies = st.builds(
    lambda region, born, order: f"{region}{born:%Y%m%d}{order:03}",
    st.integers(110_000, 829_999),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)


def test_the_example_of_the_standard_is_accepted() -> None:
    assert checked_identity_number("11010519491231002X") == "11010519491231002X"
    assert birthday("11010519491231002X") == date(1949, 12, 31)


@pytest.mark.parametrize("written", [" 11010519491231002x ", "１１０１０５１９４９１２３１００２Ｘ"])
def test_small_x_blanks_and_full_width_digits_are_put_right(written: str) -> None:
    assert checked_identity_number(written) == "11010519491231002X"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "110105194912310021",
        "11010519491331002X",
        "11010518991231002X",
        "91010519491231002X",
        "1101051949123100",
        "X1010519491231002X",
        "110105491231002",
        "1101051949123100２²",
        "11010519491231002\x00",
        "X" * 10_000,
    ],
)
def test_wrong_numbers_are_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        checked_identity_number(wrong)


def test_a_birthday_in_the_future_is_refused() -> None:
    body = "32050820300101123"
    number = body + identity_check_digit(body)
    assert checked_identity_number(number)
    with pytest.raises(InvalidInput):
        checked_identity_number(number, today=date(2026, 11, 24))


@given(bodies, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(body: str, place: int, shift: int) -> None:
    number = body + identity_check_digit(body)
    assert checked_identity_number(number) == number
    digit = str((int(number[place]) + shift) % 10)
    with pytest.raises(InvalidInput):
        checked_identity_number(number[:place] + digit + number[place + 1 :])


@pytest.mark.parametrize("code", ["91350100M000100Y43", " 91350100m000100y43 "])
def test_the_credit_code_of_the_standard_is_accepted(code: str) -> None:
    assert checked_credit_code(code) == "91350100M000100Y43"


@pytest.mark.parametrize(
    "wrong", ["", "91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43", "9" * 500]
)
def test_wrong_credit_codes_are_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        checked_credit_code(wrong)


def test_P01_numbers_and_names_are_masked() -> None:
    assert masked_number("320508199001011234") == "320***********1234"
    assert masked_number("1234567") == "*******"
    assert masked_name("张三") == "张*"
    assert masked_name("张小三") == "张**"
    assert masked_name("") == ""


@given(st.text(max_size=30))
def test_P01_a_mask_shows_no_more_than_surname_or_seven_characters(shown: str) -> None:
    assert len(masked_number(shown).replace("*", "")) <= 7
    assert masked_name(shown)[1:].strip("*") == ""

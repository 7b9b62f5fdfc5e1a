"""Case numbers: one grammar, any width, one written form (rulebook §1)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from disposal_teams.cases.rules import (
    FIRST_YEAR,
    LAST_YEAR,
    PROVINCES,
    CaseNumber,
    CaseType,
    normalise_case_number,
    parse_case_number,
)
from disposal_teams.courts.models import CourtLevel
from disposal_teams.courts.rules import SUZHOU_COURTS, common_superior

numbers = st.builds(
    CaseNumber,
    year=st.integers(FIRST_YEAR, LAST_YEAR),
    province=st.sampled_from(PROVINCES),
    court_code=st.sampled_from([court.code for court in SUZHOU_COURTS]),
    type=st.sampled_from(CaseType),
    number=st.integers(1, 9_999_999),
)


@given(numbers)
def test_a_case_number_reads_back_as_it_is_written(number: CaseNumber) -> None:
    assert parse_case_number(str(number)) == number


@given(numbers, st.sampled_from(["()", "（）", "[]", "〔〕", "【】"]), st.booleans(), st.booleans())
def test_brackets_width_and_spaces_do_not_matter(
    number: CaseNumber, brackets: str, wide: bool, spaced: bool
) -> None:
    body = f"{number.province}{number.court_code}{number.type.value}{number.number}号"
    if wide:
        body = body.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    text = f"{brackets[0]}{number.year}{brackets[1]}{' ' if spaced else ''}{body}"
    assert normalise_case_number(text) == str(number)


@given(st.text(max_size=80))
def test_no_text_whatever_breaks_the_parser(text: str) -> None:
    try:
        number = parse_case_number(text)
    except InvalidInput as error:
        refused = error
    else:
        assert normalise_case_number(str(number)) == str(number)
        return
    shown = str(refused.message.params["text"])
    assert all(unicodedata.category(character) != "Cc" for character in shown)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "（2026）苏0505执123",
        "（2015）苏0505执123号",
        "（2026）苏0505执0号",
        "（2026）苏050执123号",
        "（2026）苏0505执字第123号",
        "（2026）苏0505民初123号",
        "（2026）粵0505执123号",
        "2026苏0505执123号",
        "（2026）苏0505执123号之一",
        "（2026）苏0505执123号\x00",
    ],
)
def test_wrong_case_numbers_are_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="案号"):
        parse_case_number(wrong)


def test_the_longer_type_wins_over_its_beginning() -> None:
    assert parse_case_number("(2026)苏0505执保7号").type is CaseType.PRESERVATION
    assert parse_case_number("(2026)苏0505执7号").type is CaseType.ENFORCEMENT


def test_the_city_has_one_intermediate_and_ten_basic_courts() -> None:
    levels = [court.level for court in SUZHOU_COURTS]
    assert levels.count(CourtLevel.INTERMEDIATE) == 1
    assert levels.count(CourtLevel.BASIC) == 10
    assert len({court.code for court in SUZHOU_COURTS}) == 11


def test_T06_the_common_superior_of_two_basic_courts_is_the_intermediate_court() -> None:
    superiors = {court.code: court.superior_code for court in SUZHOU_COURTS}
    codes = list(superiors)
    for first in codes[1:]:
        for second in codes[1:]:
            assert common_superior(superiors, first, second) == "05"
    assert common_superior(superiors, "05", "0505") == "05"
    assert common_superior(superiors, "05", "05") is None
    assert common_superior(superiors, "0505", "9999") is None

"""Fields: what is typed is cleaned and checked; every fault is told, nothing typed is lost."""

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.forms import Form


class Kind(StrEnum):
    HOUSE = "house"
    CAR = "car"


def form(**values: str) -> Form:
    return Form(dict(values), {name: [value] for name, value in values.items()})


def test_text_is_trimmed_and_normalised() -> None:
    assert form(a="  Cafe\u0301 ").text("a") == "Café"
    assert form(a="一\r\n二").text("a", lines=True) == "一\n二"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\u202eb", "a\u200bb", "\ufeffa", "a\nb", "a\x85b"])
def test_control_characters_are_refused(text: str) -> None:
    asked = form(a=text)
    asked.text("a")
    assert "控制字符" in str(asked.errors["a"])


def test_missing_and_too_long_texts_are_refused_and_kept() -> None:
    asked = form(a="", b="一二三四")
    asked.text("a")
    asked.text("b", longest=3)
    asked.text("absent")
    assert str(asked.errors["a"]) == "此项必填。"
    assert str(asked.errors["b"]) == "最多 3 个字，现有 4 个。"
    assert asked.errors.keys() == {"a", "b", "absent"}
    assert asked.value("b") == "一二三四"
    assert form(a="").text("a", required=False) == ""


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1,234.56", 123456), ("１２３４", 123400), ("¥ 5", 500), ("12元", 1200), ("0.5", 50)],
)
def test_amounts_are_read_in_yuan(text: str, fen: int) -> None:
    assert form(a=text).yuan("a") == fen


@pytest.mark.parametrize("text", ["-1", "1.234", "1e9", "1,23", "abc", "NaN", "∞", "9" * 20, "1 2", "0x10"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    asked = form(a=text)
    asked.yuan("a")
    assert asked.is_bad


def test_amounts_below_the_least_are_refused() -> None:
    asked = form(a="0")
    asked.yuan("a", least_fen=1)
    assert asked.is_bad


@pytest.mark.parametrize("text", ["1.5", "--1", "1_000", "٣x", "", "9" * 19, "11"])
def test_whole_numbers_stay_within_bounds(text: str) -> None:
    asked = form(a=text)
    asked.integer("a", least=0, most=10)
    assert asked.is_bad
    assert form(a="１０").integer("a", least=0, most=10) == 10


def test_days_and_moments_are_court_time() -> None:
    assert form(a="2026-02-28").day("a") == date(2026, 2, 28)
    assert form(a="2026-11-24T10:00").moment("a") == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert form(a="2026-11-24 10:00:30").moment("a") == datetime(2026, 11, 24, 2, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-02-30", "20260228", "2026-W01-1", "0001-01-01", "2026/1/1", "x"])
def test_what_is_no_day_is_refused(text: str) -> None:
    asked = form(a=text, b=text + "T10:00")
    assert asked.day("a") is None
    assert asked.moment("b") is None
    assert asked.errors.keys() == {"a", "b"}


@pytest.mark.parametrize(
    "text", ["2026-11-24T10:00+08", "2026-11-24T25:00", "2026-11-24", "2026-11-24T10:00Z"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    asked = form(a=text)
    assert asked.moment("a") is None
    assert asked.is_bad


def test_choices_come_from_the_list() -> None:
    assert form(a="car").choice("a", Kind) is Kind.CAR
    asked = form(a="ship")
    assert asked.choice("a", Kind) is None
    assert asked.is_bad
    assert form(a="").choice("a", Kind, required=False) is None


def test_ids_and_identity_numbers_are_checked() -> None:
    asked = form(a="x", b="11010519491231002X", c="110105194912310021")
    assert asked.identifier("a") is None
    assert asked.identity_number("b") == "11010519491231002X"
    assert asked.identity_number("c") == ""
    assert asked.errors.keys() == {"a", "c"}


def test_a_consent_must_be_given() -> None:
    asked = form(a="1", b="0")
    assert asked.flag("a", required=True)
    assert not asked.flag("b")
    assert not asked.is_bad
    asked.flag("b", required=True)
    assert asked.is_bad


def test_repeated_fields_are_cleaned_and_counted() -> None:
    assert Form({}, {"a": [" x ", "", "y"]}).many("a") == ["x", "y"]
    asked = Form({}, {"a": ["x", "y"], "b": ["x\x00"]})
    assert asked.many("a", most=1) == []
    assert asked.many("b") == []
    assert asked.errors.keys() == {"a", "b"}


@pytest.mark.parametrize("key", ["a b", "x" * 65, "<x>", "é"])
def test_a_one_time_key_of_another_shape_is_none(key: str) -> None:
    assert form(once=key).once() == ""
    assert form(once="0189-ab").once() == "0189-ab"


@given(st.text(max_size=60))
def test_no_text_breaks_a_field(text: str) -> None:
    asked = form(a=text)
    for read in (
        lambda: asked.text("a"),
        lambda: asked.yuan("a"),
        lambda: asked.integer("a", least=0, most=9),
        lambda: asked.day("a"),
        lambda: asked.moment("a"),
        lambda: asked.choice("a", Kind),
        lambda: asked.identifier("a"),
        lambda: asked.identity_number("a"),
        lambda: asked.many("a"),
        asked.once,
    ):
        asked.errors.clear()
        read()
        assert asked.value("a") == text

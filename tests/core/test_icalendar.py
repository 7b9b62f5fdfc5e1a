"""RFC 5545: folding, escaping, and what a reader gets back."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.icalendar import Event, calendar, escaped, folded

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def unfolded(file: bytes) -> list[str]:
    """The lines as a reader joins them again."""
    return file.decode().replace("\r\n ", "").split("\r\n")[:-1]


def read_back(value: str) -> str:
    """The text of a value."""
    out, signs = "", iter(value)
    for sign in signs:
        if sign == "\\":
            sign = next(signs)
            sign = "\n" if sign in "nN" else sign
        out += sign
    return out


@given(TEXT)
def test_a_line_is_folded_at_75_octets_and_joins_again(text: str) -> None:
    line = "SUMMARY:" + escaped(text)
    whole = folded(line)
    assert whole.endswith("\r\n")
    parts = whole[:-2].split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line


@given(TEXT)
def test_text_comes_back_as_it_went_in(text: str) -> None:
    value = escaped(text)
    assert "\n" not in value
    assert "\r" not in value
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert read_back(value) == "".join(each for each in plain if each == "\n" or each.isprintable())


@given(st.lists(st.builds(Event, st.uuids().map(str), st.dates() | st.just(NOW), TEXT, TEXT), max_size=5))
def test_nothing_in_a_text_opens_or_closes_a_component(events: list[Event]) -> None:
    events = [each for each in events if each.at != date.max]
    lines = unfolded(calendar("我的, 期限; \n", events, now=NOW))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(events)
    assert all(line.isprintable() for line in lines)


def test_times_are_those_of_the_court() -> None:
    file = calendar(
        "期限",
        [
            Event("a", datetime(2026, 11, 30, 16, 0, tzinfo=UTC), "到期，请办理", url="https://court.test/x"),
            Event("b", date(2026, 12, 31), "支付尾款", is_firm=False),
        ],
        now=NOW,
    )
    lines = unfolded(file)
    assert "DTSTART;TZID=Asia/Shanghai:20261201T000000" in lines
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTAMP:20261126T020000Z" in lines
    assert "SUMMARY:到期，请办理" in lines
    assert lines.count("STATUS:TENTATIVE") == lines.count("STATUS:CONFIRMED") == 1
    assert "TZID:Asia/Shanghai" in lines

"""Calendars as RFC 5545 writes them: one component a line, lines folded at 75 octets, text escaped. Pure.

Times are written in Asia/Shanghai, which has had no daylight saving time since 1991; whole days as dates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.clock import COURT_ZONE

PRODUCT = "-//Judicial auction and asset disposal//Deadlines//ZH"
OCTETS = 75

_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19910915T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry. `at`: a day for what lasts all of it, else a moment. `is_firm`: false while its end is not certain."""

    uid: str
    at: date | datetime
    summary: str
    description: str = ""
    url: str | None = None
    is_firm: bool = True


def calendar(name: str, events: Iterable[Event], *, now: datetime) -> bytes:
    """The file, as `text/calendar` in UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        *_ZONE,
    ]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines).encode()


def _event(event: Event, now: datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"]
    if isinstance(event.at, datetime):
        lines.append(f"DTSTART;TZID=Asia/Shanghai:{event.at.astimezone(COURT_ZONE):%Y%m%dT%H%M%S}")
    else:
        lines.append(f"DTSTART;VALUE=DATE:{event.at:%Y%m%d}")
        lines.append(f"DTEND;VALUE=DATE:{event.at + timedelta(days=1):%Y%m%d}")
    lines.append(f"SUMMARY:{escaped(event.summary)}")
    if event.description:
        lines.append(f"DESCRIPTION:{escaped(event.description)}")
    if event.url:
        lines.append(f"URL:{event.url}")
    lines += [f"STATUS:{'CONFIRMED' if event.is_firm else 'TENTATIVE'}", "TRANSP:TRANSPARENT", "END:VEVENT"]
    return lines


def escaped(text: str) -> str:
    """Text as the value of a property (RFC 5545 §3.3.11); control characters are left out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(each for each in plain if each == "\n" or each.isprintable())
    for sign in "\\;,":
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("\n", "\\n")


def folded(line: str) -> str:
    """The line with its end; what is longer than 75 octets goes on in lines that begin with a space (§3.1). No character is
    cut in two."""
    parts, part, size = [], "", 0
    for each in line:
        octets = len(each.encode())
        if size + octets > OCTETS:
            parts.append(part)
            part, size = " ", 1
        part, size = part + each, size + octets
    return "".join(f"{each}\r\n" for each in (*parts, part))

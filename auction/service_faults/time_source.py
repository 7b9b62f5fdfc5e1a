"""What stands outside the service to compare its clocks with (B-47): the kernel's own statement, or an NTP server."""

import ctypes
import ctypes.util
import sys
from urllib.parse import urlsplit

from msgspec import Struct

NTP_TIMEOUT_S = 2.0
UNSYNCHRONISED = 0x0040
"""STA_UNSYNC of the kernel's clock status."""


class TimeReference(Struct, frozen=True):
    """What a source said of this machine's clock. `offset_ms`: this clock less the source's, None when only a bound is told;
    `within_ms`: how exactly; None when it says nothing (not reachable, not synchronised)."""

    source: str
    offset_ms: float | None = None
    within_ms: float | None = None


class _Timex(ctypes.Structure):
    """`struct timex` of Linux (adjtimex(2))."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 160),
    ]


def read_kernel() -> TimeReference:
    """The kernel's statement on its clock, which chrony, ntpd and systemd-timesyncd keep up to date. No network."""
    if sys.platform != "linux":
        return TimeReference("system")
    state = _Timex()
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state))
    if answer < 0 or state.status & UNSYNCHRONISED:
        return TimeReference("system")
    return TimeReference("system", within_ms=state.maxerror / 1000)


def read_ntp(host: str, port: int = 123) -> TimeReference:
    """Ask an NTP server once. Blocks up to two seconds; an unreachable server is told as such."""
    import ntplib

    source = f"ntp {host}"
    try:
        answer = ntplib.NTPClient().request(host, version=4, port=port, timeout=NTP_TIMEOUT_S)
    except (OSError, ntplib.NTPException):
        return TimeReference(source)
    within = answer.delay / 2 + answer.root_dispersion + answer.root_delay / 2
    return TimeReference(source, offset_ms=-answer.offset * 1000, within_ms=within * 1000)


def read_reference(setting: str) -> TimeReference | None:
    """The source that a setting names: `system`, `ntp://host[:port]`, or `none`."""
    if setting == "none":
        return None
    if setting == "system":
        return read_kernel()
    parts = urlsplit(setting)
    return read_ntp(parts.hostname or "", parts.port or 123)

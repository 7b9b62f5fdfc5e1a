"""What is a fault, what it touches, when bidding goes on (B-47, B-50). Pure: measurements and policy in, decision out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from auction.service_faults.models import FaultKind
from auction.service_faults.policy import FaultPolicy, Measure, Scope
from core.deadlines.catalogue import STATUTORY
from core.errors import RuleViolation
from core.i18n import msg

MINUTE = timedelta(minutes=1)


class Reading(Struct, frozen=True):
    """One vital sign of one process at one moment (court time). For a share `value` counts the bad ones of `cases`."""

    process: str
    at: datetime
    value: float
    cases: int = 0


class Standing(Struct, frozen=True):
    """How a vital sign stands: whether it is a fault, since or until when, and its worst value (a share as a fraction)."""

    is_fault: bool
    at: datetime
    value: float


class Gap(Struct, frozen=True):
    """Time without proof that bids could be taken: after interval `after`, from one court time to another.

    `seconds`: real length. `until` is None while it lasts; `server_after` is None while no server is known to answer.
    """

    after: UUID
    since: datetime
    seconds: float
    server_before: str
    until: datetime | None = None
    server_after: str | None = None


# --- vital signs --------------------------------------------------------------------------------------------------


def judge_measure(measure: Measure, readings: Sequence[Reading], *, was_fault: bool) -> Standing | None:
    """How a sign stands after `readings` (of any processes, in the order of time); None when they do not tell.

    One process in a bad state is a fault: its visitors are real. A fault is over when every process that still measures is
    well. In between the state stays as it was.
    """
    by_process: dict[str, list[Reading]] = {}
    for reading in readings:
        by_process.setdefault(reading.process, []).append(reading)
    series = list(by_process.values())
    if not series:
        return None
    newest = max(each[-1].at for each in series)
    if was_fault:
        worst = max(_value(measure, each[-measure.samples_to_clear :]) for each in series)
        is_over = all(_is_well(measure, each) for each in series)
        return Standing(not is_over, newest, worst)
    bad = [each[-measure.samples :] for each in series if _is_bad(measure, each)]
    if not bad:
        return Standing(False, newest, max(_value(measure, each[-1:]) for each in series))
    return Standing(True, min(each[0].at for each in bad), max(_value(measure, each) for each in bad))


def _value(measure: Measure, readings: Sequence[Reading]) -> float:
    """The share over all the readings, or their highest value."""
    if not measure.least:
        return max(reading.value for reading in readings)
    cases = sum(reading.cases for reading in readings)
    return sum(reading.value for reading in readings) / cases if cases >= measure.least else 0.0


def _is_bad(measure: Measure, readings: Sequence[Reading]) -> bool:
    last = readings[-measure.samples :]
    if measure.least:
        return _value(measure, last) >= measure.raise_at
    return len(last) == measure.samples and all(reading.value >= measure.raise_at for reading in last)


def _is_well(measure: Measure, readings: Sequence[Reading]) -> bool:
    last = readings[-measure.samples_to_clear :]
    if measure.least:
        return _value(measure, last) < measure.clear_below
    return len(last) == measure.samples_to_clear and all(
        reading.value < measure.clear_below for reading in last
    )


def proven_offset_ms(offset_ms: float, within_ms: float) -> float:
    """What is certain of a clock's offset that was measured to `within_ms`: a slow answer proves nothing (B-47)."""
    return max(0.0, abs(offset_ms) - within_ms)


# --- outages ------------------------------------------------------------------------------------------------------


def gap_kind(policy: FaultPolicy, gap: Gap) -> FaultKind | None:
    """Whether a gap is a fault: another database server answers after it, or it was long (B-47, B-50)."""
    if gap.server_after is not None and gap.server_after != gap.server_before:
        return FaultKind.FAILOVER
    return FaultKind.OUTAGE if gap.seconds >= policy.outage_s else None


def gap_scope(policy: FaultPolicy, gap: Gap) -> Scope:
    """A long outage takes bidding time from every open lot (B-41: 24 hours), a short one from those that end.

    A server of another cluster or timeline may lack bids that had been confirmed: every open lot must be looked at.
    """
    if gap.server_after is not None and not _same_history(gap.server_before, gap.server_after):
        return Scope.ALL_OPEN
    return Scope.ALL_OPEN if gap.seconds >= policy.long_outage_s else Scope.ENDING_SOON


def _same_history(before: str, after: str) -> bool:
    """Whether two servers (`cluster/timeline/start`) write the same history: only the start may differ."""
    return before.split("/")[:2] == after.split("/")[:2]


# --- what follows -------------------------------------------------------------------------------------------------


def touched_until(policy: FaultPolicy, scope: Scope, at: datetime) -> datetime | None:
    """Lots in bidding that end before this are touched by a fault that stands at `at`; None: all of them."""
    match scope:
        case Scope.NOTHING:
            return datetime.min.replace(tzinfo=at.tzinfo)
        case Scope.ENDING_SOON:
            return at + timedelta(seconds=policy.ending_soon_s)
        case Scope.ALL_OPEN:
            return None


def resumption(policy: FaultPolicy, *, began_at: datetime, over_at: datetime, now: datetime) -> datetime:
    """When bidding goes on after a fault (B-50): on a whole minute, after notice to the registered bidders.

    The 24 hours of §11.3 are for long stops; after a short fault the bidders are still at their screens. Never later than
    L-25 (five days after the ground ended), unless that has passed already.
    """
    is_long = over_at - began_at >= timedelta(seconds=policy.long_fault_s)
    notice = timedelta(seconds=policy.long_notice_s if is_long else policy.notice_s)
    moment = now + notice
    whole = moment.replace(second=0, microsecond=0)
    wanted = whole if whole == moment else whole + MINUTE
    return max(min(wanted, latest_resumption(over_at) - MINUTE), now)


def latest_resumption(over_at: datetime) -> datetime:
    """Five days after the ground ended (L-25)."""
    days = STATUTORY["L-25"].days
    assert days is not None
    return over_at + timedelta(days=days)


def check_postponement(resumes_at: datetime, *, over_at: datetime, now: datetime) -> None:
    """A court may let bidding go on later than planned, but within five days (L-25). Raises `RuleViolation`."""
    last = latest_resumption(over_at)
    if resumes_at <= now:
        raise RuleViolation("B-50", msg("恢复时间须晚于现在。"))
    if resumes_at >= last and now < last:
        raise RuleViolation("L-25", msg("故障排除后五日内应当恢复，请选择更早的时间。"))

"""The fault policy as data: what counts as a fault, what it touches, when bidding goes on (B-47, B-50).

Its figures are legal settings. Every fault keeps the policy that decided, with its version, so that anybody can decide again.
"""

from enum import StrEnum
from functools import cache
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from auction.service_faults.models import FaultKind
from core.legal_settings import LegalSettings, legal
from core.settings import get_settings

POLICY_FORMAT = "disposal-fault-policy/1"


class Scope(StrEnum):
    """Which lots in bidding a fault touches."""

    NOTHING = "nothing"
    ENDING_SOON = "ending_soon"
    ALL_OPEN = "all_open"


class Measure(Struct, frozen=True):
    """When one vital sign is a fault. Two thresholds and counts of samples keep it from flickering.

    A share (`least` > 0) is taken over the last `samples` and says nothing when fewer than `least` cases stand behind it; any
    other sign must have been bad in each of the last `samples`. It is over when the last `samples_to_clear` are below
    `clear_below`.
    """

    kind: FaultKind
    raise_at: float
    clear_below: float
    samples: int
    samples_to_clear: int
    scope: Scope
    least: int = 0


class FaultPolicy(Struct, frozen=True):
    """The policy in force. Times in seconds."""

    measures: tuple[Measure, ...]
    outage_s: float
    long_outage_s: float
    ending_soon_s: float
    notice_s: float
    long_fault_s: float
    long_notice_s: float

    @property
    def version(self) -> str:
        """Changes with every figure."""
        return f"{POLICY_FORMAT}-{sha256(msgspec.json.encode(self)).hexdigest()[:8]}"


DEMO_NOTICE_S = 120.0
"""A demonstration is stopped for the night and started again: its lots shall soon go on."""


@cache
def fault_policy() -> FaultPolicy:
    """The policy of this installation."""
    policy = policy_of(legal())
    if get_settings().demo:
        return replace(policy, notice_s=DEMO_NOTICE_S, long_notice_s=DEMO_NOTICE_S)
    return policy


def policy_of(law: LegalSettings) -> FaultPolicy:
    """The policy that legal settings make."""
    return FaultPolicy(
        measures=(
            Measure(
                FaultKind.CLOCK_DRIFT,
                raise_at=float(law.clock_drift_alarm_ms),
                clear_below=law.clock_drift_alarm_ms / 2,
                samples=3,
                samples_to_clear=5,
                scope=Scope.ALL_OPEN,
            ),
            Measure(
                FaultKind.LATE_CLOCK,
                raise_at=float(law.fault_late_clock_s),
                clear_below=min(3.0, float(law.fault_late_clock_s)),
                samples=1,
                samples_to_clear=1,
                scope=Scope.ENDING_SOON,
            ),
            Measure(
                FaultKind.WAITING_BIDS,
                raise_at=law.fault_waiting_bid_s * 1000.0,
                clear_below=law.fault_waiting_bid_s * 200.0,
                samples=2,
                samples_to_clear=5,
                scope=Scope.ENDING_SOON,
            ),
            Measure(
                FaultKind.FAILED_BIDS,
                raise_at=law.fault_failed_bids_percent / 100,
                clear_below=law.fault_failed_bids_percent / 400,
                samples=5,
                samples_to_clear=5,
                scope=Scope.ENDING_SOON,
                least=law.fault_failed_bids_least,
            ),
            Measure(
                FaultKind.LOST_WATCHERS,
                raise_at=law.fault_lost_watchers_percent / 100,
                clear_below=law.fault_lost_watchers_percent / 200,
                samples=5,
                samples_to_clear=5,
                scope=Scope.ENDING_SOON,
                least=5 * law.fault_lost_watchers_least,
            ),
        ),
        outage_s=float(law.fault_outage_s),
        long_outage_s=law.fault_long_outage_minutes * 60.0,
        ending_soon_s=law.fault_ending_soon_minutes * 60.0,
        notice_s=law.fault_notice_minutes * 60.0,
        long_fault_s=law.fault_long_minutes * 60.0,
        long_notice_s=law.resume_notice_hours * 3600.0,
    )

"""Judge the service by what was measured: find faults, and find that they are over (B-47, B-50)."""

from collections.abc import Sequence
from datetime import UTC, timedelta

from sqlalchemy import text
from sqlmodel import col, select

from auction.service_faults.declare import Finding, declare_fault, end_fault, is_overruled, touch_lots
from auction.service_faults.gaps import unjudged_gaps
from auction.service_faults.measure import OF_WEB
from auction.service_faults.models import FaultKind, ServiceFault, ServiceSample
from auction.service_faults.policy import FaultPolicy, Measure, Scope, fault_policy
from auction.service_faults.rules import (
    Gap,
    Reading,
    Standing,
    gap_kind,
    gap_scope,
    judge_measure,
    proven_offset_ms,
)
from auction.service_faults.wording import reason_of
from core.database import Work

WINDOW_S = 30
"""A process that has measured nothing for so long is gone; what it said last counts no more."""
BIDDING_CLOCK = "bidding clock"


async def watch_service(work: Work) -> None:
    """Judge once. Any process may do it, at any time: what is declared is declared once."""
    policy = fault_policy()
    await judge_gaps(work, policy)
    await judge_measures(work, policy)


# --- outages ------------------------------------------------------------------------------------------------------


async def judge_gaps(work: Work, policy: FaultPolicy) -> None:
    """Declare outages and changes of the database server, and end those that are over."""
    for gap in await unjudged_gaps(work):
        if gap_kind(policy, gap) is not None:
            await _answer_gap(work, policy, gap)


def key_of(gap: Gap) -> str:
    """The name of the fault of a gap."""
    return f"gap:{gap.after}"


async def _answer_gap(work: Work, policy: FaultPolicy, gap: Gap) -> None:
    """Declare the fault of a gap if nobody has; a running one reaches further as it lasts, and ends with its gap."""
    kind = gap_kind(policy, gap)
    assert kind is not None
    finding = Finding(
        key=key_of(gap),
        kind=kind,
        scope=gap_scope(policy, gap),
        began_at=gap.since,
        reason=reason_of(kind, gap.since),
        evidence={"gap": gap},
        over_at=gap.until,
    )
    if await declare_fault(work, policy, finding) is not None:
        return
    fault = (
        await work.session.exec(select(ServiceFault).where(ServiceFault.key == finding.key).with_for_update())
    ).one()
    if fault.over_at is None and not await is_overruled(work, fault.id):
        if finding.scope is not Scope.ENDING_SOON:
            fault.scope = finding.scope
        await touch_lots(work, policy, fault, at=gap.until or work.now, since=fault.began_at)
    if fault.over_at is None and gap.until is not None:
        await end_fault(work, policy, fault, over_at=gap.until, gap=gap)


# --- vital signs --------------------------------------------------------------------------------------------------


async def judge_measures(work: Work, policy: FaultPolicy) -> None:
    """Declare faults of vital signs, and end those that have been well for long enough."""
    standing = {
        fault.kind: fault
        for fault in await work.session.exec(
            select(ServiceFault)
            .where(
                col(ServiceFault.over_at).is_(None),
                col(ServiceFault.kind).in_([measure.kind for measure in policy.measures]),
            )
            .with_for_update()
        )
    }
    samples = await _recent_samples(work)
    for measure in policy.measures:
        readings = (
            await _clock_readings(work)
            if measure.kind is FaultKind.LATE_CLOCK
            else readings_of(measure, samples)
        )
        fault = standing.get(measure.kind)
        verdict = judge_measure(measure, readings, was_fault=fault is not None)
        if verdict is None:
            continue
        if fault is None and verdict.is_fault:
            await _declare(work, policy, measure, verdict, readings, samples)
        elif fault is not None and verdict.is_fault:
            if not await is_overruled(work, fault.id):
                await touch_lots(work, policy, fault, at=work.now, since=work.now)
        elif fault is not None:
            await end_fault(work, policy, fault, over_at=verdict.at, readings=readings)


async def _declare(
    work: Work,
    policy: FaultPolicy,
    measure: Measure,
    verdict: Standing,
    readings: Sequence[Reading],
    samples: Sequence[ServiceSample],
) -> None:
    kind = measure.kind
    await declare_fault(
        work,
        policy,
        Finding(
            key=f"{kind}:{work.now.isoformat()}",
            kind=kind,
            scope=measure.scope,
            began_at=verdict.at,
            reason=reason_of(kind, verdict.at, value=verdict.value, limit=measure.raise_at),
            evidence={"readings": readings, "samples": [sample.model_dump() for sample in samples]},
        ),
    )


async def _recent_samples(work: Work) -> list[ServiceSample]:
    rows = await work.session.exec(
        select(ServiceSample)
        .where(
            col(ServiceSample.taken_at) > text(f"clock_timestamp() - interval '{WINDOW_S} seconds'"),
            text(OF_WEB),
        )
        .order_by(col(ServiceSample.taken_at))
    )
    return list(rows)


def readings_of(measure: Measure, samples: Sequence[ServiceSample]) -> list[Reading]:
    """What the samples say of one vital sign."""
    return [
        Reading(sample.process, sample.court_at.astimezone(UTC), *_value_of(measure.kind, sample))
        for sample in samples
    ]


def _value_of(kind: FaultKind, sample: ServiceSample) -> tuple[float, int]:
    match kind:
        case FaultKind.CLOCK_DRIFT:
            own = proven_offset_ms(sample.drift_ms, sample.drift_within_ms)
            if sample.reference_ms is None:
                return own, 0
            within = sample.drift_within_ms + (sample.reference_within_ms or 0.0)
            return max(own, proven_offset_ms(sample.reference_ms, within)), 0
        case FaultKind.WAITING_BIDS:
            return sample.oldest_waiting_ms, 0
        case FaultKind.FAILED_BIDS:
            return sample.bids_failed, sample.bids
        case FaultKind.LOST_WATCHERS:
            return sample.watchers_lost, sample.watchers
        case _:
            raise ValueError(f"{kind} is not measured by processes")


async def _clock_readings(work: Work) -> list[Reading]:
    """How late the bidding clock is, as of its last tick, not counting the time in which the whole service was down."""
    late_s: float | None = (
        await work.session.execute(
            text(
                """
                SELECT extract(epoch FROM clock_timestamp() - greatest(t.ticked_at, i.began_at))::float8
                  FROM bidding_clock_tick AS t,
                       LATERAL (SELECT began_at FROM service_interval ORDER BY began_at DESC LIMIT 1) AS i
                """
            )
        )
    ).scalar_one_or_none()
    if late_s is None:
        return []
    return [Reading(BIDDING_CLOCK, work.now - timedelta(seconds=late_s), late_s)]

"""What pages read of the service: how it stands, its clocks, its faults with evidence, the faults of a lot."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlmodel import col, select

from auction.listing.models import Lot
from auction.service_faults.declare import hash_of
from auction.service_faults.measure import OF_WEB, WORKER
from auction.service_faults.models import (
    Effect,
    FaultKind,
    FaultReview,
    ServiceFault,
    ServiceSample,
    TouchedLot,
)
from auction.service_faults.policy import FaultPolicy
from auction.service_faults.rules import Gap, Reading, Standing, gap_kind, judge_measure
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Uptime:
    """Proven service within the last `days` (or since measuring began), in real seconds."""

    days: int
    measured_s: float
    served_s: float

    @property
    def percent(self) -> str:
        """`99.98`; never rounded up to a hundred."""
        if self.measured_s <= 0:
            return "—"
        return f"{int(min(1.0, self.served_s / self.measured_s) * 10_000) / 100:.2f}"


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A fault in a list, with how many lots it stopped and how many had been closed."""

    fault: ServiceFault
    stopped: int
    closed: int


@dataclass(frozen=True, slots=True)
class FaultFile:
    """A fault with everything that belongs to it. `is_same_verdict`: the evidence decides the same again, by its own policy."""

    fault: ServiceFault
    policy: FaultPolicy
    readings: list[Reading]
    gap: Gap | None
    lots: list[tuple[TouchedLot, Lot]]
    reviews: list[FaultReview]
    is_intact: bool
    is_same_verdict: bool


async def newest_sample(work: Work) -> ServiceSample | None:
    """The last measurement of any web process."""
    rows = await work.session.exec(
        select(ServiceSample).where(text(OF_WEB)).order_by(col(ServiceSample.taken_at).desc()).limit(1)
    )
    return rows.first()


async def sample_at(work: Work, moment: datetime) -> ServiceSample | None:
    """The measurement that was the newest at a court time; None when none is kept from the minutes before."""
    rows = await work.session.execute(
        text(
            """
            SELECT id FROM service_sample
             WHERE process NOT LIKE 'worker@%' AND court_at <= :at AND court_at > CAST(:at AS timestamptz) - interval '3 minutes'
             ORDER BY court_at DESC LIMIT 1
            """
        ),
        {"at": moment},
    )
    found = rows.scalar_one_or_none()
    return None if found is None else await work.session.get(ServiceSample, found)


async def largest_drift_ms(work: Work, *, hours: int = 24) -> float | None:
    """The largest certain difference between a process's clock and the database's within the last hours."""
    found: float | None = (
        await work.session.execute(
            text(
                """
                SELECT max(greatest(0, abs(drift_ms) - drift_within_ms)) FROM service_sample
                 WHERE process NOT LIKE 'worker@%' AND taken_at > clock_timestamp() - make_interval(hours => :hours)
                """
            ),
            {"hours": hours},
        )
    ).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class WorkerClocks:
    """The clocks of the workers that measured lately: how many, and the one furthest from the database's."""

    workers: int
    drift_ms: float
    within_ms: float


async def worker_clocks(work: Work) -> WorkerClocks | None:
    """How the workers' clocks stand to the database's; None when no worker has measured within the last minutes."""
    rows = await work.session.execute(
        text(
            """
            SELECT DISTINCT ON (process) drift_ms, drift_within_ms FROM service_sample
             WHERE process LIKE :workers AND taken_at > clock_timestamp() - interval '2 minutes'
             ORDER BY process, taken_at DESC
            """
        ),
        {"workers": f"{WORKER}@%"},
    )
    clocks = rows.all()
    if not clocks:
        return None
    furthest = max(clocks, key=lambda row: abs(row.drift_ms))
    return WorkerClocks(len(clocks), furthest.drift_ms, furthest.drift_within_ms)


async def uptime(work: Work, days: int) -> Uptime:
    """How long the service stood, of the last `days`."""
    row = (
        await work.session.execute(
            text(
                """
                WITH span AS (
                    SELECT greatest(min(began_at), clock_timestamp() - make_interval(days => :days)) AS since
                      FROM service_interval HAVING count(*) > 0)
                SELECT extract(epoch FROM clock_timestamp() - span.since)::float8 AS measured,
                       (SELECT sum(extract(epoch FROM lasted_until - greatest(began_at, span.since)))::float8
                          FROM service_interval WHERE lasted_until > span.since) AS served
                  FROM span
                """
            ),
            {"days": days},
        )
    ).one_or_none()
    return Uptime(days, 0.0, 0.0) if row is None else Uptime(days, row.measured, row.served or 0.0)


async def newest_faults(work: Work, *, limit: int = SHOWN) -> list[FaultLine]:
    """The newest faults; running ones among them."""
    faults = list(
        await work.session.exec(
            select(ServiceFault)
            .order_by(col(ServiceFault.over_at).is_(None).desc(), col(ServiceFault.began_at).desc())
            .limit(limit)
        )
    )
    rows = await work.session.execute(
        text(
            "SELECT fault_id, effect, count(*) AS lots FROM service_fault_lot "
            "WHERE fault_id = ANY(CAST(:ids AS uuid[])) GROUP BY fault_id, effect"
        ),
        {"ids": [fault.id for fault in faults]},
    )
    counts = {(row.fault_id, row.effect): row.lots for row in rows}
    return [
        FaultLine(fault, counts.get((fault.id, Effect.PAUSED), 0), counts.get((fault.id, Effect.CLOSED), 0))
        for fault in faults
    ]


async def faults_of_lot(work: Work, lot_id: UUID) -> list[tuple[ServiceFault, TouchedLot]]:
    """The faults that touched a lot, newest first. Public, as their reasons are."""
    rows = await work.session.exec(
        select(ServiceFault, TouchedLot)
        .join(TouchedLot, col(TouchedLot.fault_id) == col(ServiceFault.id))
        .where(TouchedLot.lot_id == lot_id)
        .order_by(col(ServiceFault.began_at).desc())
        .limit(SHOWN)
    )
    return list(rows.all())


async def fault_file(work: Work, fault_id: UUID) -> FaultFile:
    """A fault with its evidence, for the intermediate court. Raises `NotFound`, `NotPermitted`."""
    require(work.actor, Permission.SEE_ALL_COURTS)
    fault = await work.session.get(ServiceFault, fault_id)
    if fault is None:
        raise NotFound(msg("没有找到该故障记录。"))
    lots = await work.session.exec(
        select(TouchedLot, Lot)
        .join(Lot, col(Lot.id) == col(TouchedLot.lot_id))
        .where(TouchedLot.fault_id == fault_id)
        .order_by(col(TouchedLot.ends_at))
        .limit(500)
    )
    reviews = await work.session.exec(
        select(FaultReview).where(FaultReview.fault_id == fault_id).order_by(col(FaultReview.reviewed_at))
    )
    policy = msgspec.convert(fault.evidence["policy"], FaultPolicy)
    readings = msgspec.convert(fault.evidence.get("readings", []), list[Reading])
    gap = msgspec.convert(fault.evidence.get("gap"), Gap | None)
    return FaultFile(
        fault=fault,
        policy=policy,
        readings=readings,
        gap=gap,
        lots=list(lots.all()),
        reviews=list(reviews),
        is_intact=hash_of(fault.evidence) == bytes(fault.evidence_hash),
        is_same_verdict=decides_again(FaultKind(fault.kind), policy, readings, gap),
    )


def decides_again(kind: FaultKind, policy: FaultPolicy, readings: list[Reading], gap: Gap | None) -> bool:
    """Whether the evidence, judged once more by the policy kept with it, is that fault. Pure."""
    if gap is not None:
        return gap_kind(policy, gap) is kind
    verdicts: list[Standing | None] = [
        judge_measure(measure, readings, was_fault=False)
        for measure in policy.measures
        if measure.kind is kind
    ]
    return any(verdict is not None and verdict.is_fault for verdict in verdicts)


def evidence_text(fault: ServiceFault) -> str:
    """The evidence as it is kept, for people who check it."""
    pretty: Any = msgspec.json.format(msgspec.json.encode(fault.evidence, order="sorted"), indent=1)
    return pretty.decode() if isinstance(pretty, bytes) else str(pretty)

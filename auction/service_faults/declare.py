"""Declare a fault, once, with its evidence; stop the lots that it touches; say when they go on (B-47, B-50)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.service_faults.models import (
    HINDERS_BIDS,
    Effect,
    FaultKind,
    FaultReview,
    Review,
    ServiceFault,
    TouchedLot,
)
from auction.service_faults.policy import FaultPolicy, Scope, fault_policy
from auction.service_faults.report import report_fault, tell_of_closed_lot
from auction.service_faults.rules import resumption, touched_until
from auction.service_faults.wording import RULES
from auction.suspension.end_stay import end_stays
from auction.suspension.models import Stay, StayKind
from auction.suspension.pause import pause_lots
from auction.suspension.queries import stays_in_force
from auction.suspension.resume import resume_lots
from core.audit import record
from core.database import Work
from core.errors import RuleViolation
from core.i18n import Message
from core.ids import new_id
from core.notices.notify import as_json, from_json
from core.outbox import task

BATCH = 500
STREAM = "service"
OVER = "平台故障已经排除。"


class Finding(Struct, frozen=True):
    """What the watch found: everything that a fault consists of. Times are court time."""

    key: str
    kind: FaultKind
    scope: Scope
    began_at: datetime
    reason: Message
    evidence: Mapping[str, Any]
    over_at: datetime | None = None


async def declare_fault(work: Work, policy: FaultPolicy, finding: Finding) -> ServiceFault | None:
    """Declare what was found and stop the lots it touches. None when somebody else has declared it."""
    evidence = msgspec.to_builtins({"policy": policy, **finding.evidence})
    fault_id = new_id()
    written = await work.session.execute(
        insert(ServiceFault)
        .values(
            id=fault_id,
            key=finding.key,
            kind=finding.kind,
            scope=finding.scope,
            policy_version=policy.version,
            began_at=finding.began_at,
            found_at=work.now,
            reason=as_json(finding.reason),
            evidence=evidence,
            evidence_hash=hash_of(evidence),
        )
        .on_conflict_do_nothing()
        .returning(col(ServiceFault.id))
    )
    if written.one_or_none() is None:
        return None
    fault = await work.session.get_one(ServiceFault, fault_id)
    await record(
        work,
        "service.fault_declared",
        stream=STREAM,
        rule=RULES[finding.kind],
        fault=str(fault.id),
        kind=fault.kind,
        scope=fault.scope,
        began_at=fault.began_at,
        reason=str(finding.reason),
        policy=policy.version,
        evidence_hash=fault.evidence_hash.hex(),
    )
    hindered_since = finding.began_at if finding.kind in HINDERS_BIDS else work.now
    await touch_lots(work, policy, fault, at=finding.over_at or work.now, since=hindered_since)
    if finding.over_at is not None:
        await end_fault(work, policy, fault, over_at=finding.over_at)
    return fault


def hash_of(evidence: Mapping[str, Any]) -> bytes:
    """The fingerprint of an evidence, whatever the order in which the database gives it back."""
    return sha256(msgspec.json.encode(evidence, order="sorted")).digest()


async def touch_lots(
    work: Work, policy: FaultPolicy, fault: ServiceFault, *, at: datetime, since: datetime
) -> int:
    """Stop the lots that the fault, standing at `at`, touches, with the time they had at `since`; note those that were closed
    since it began. Repeating touches only what has come into its reach. Returns how many."""
    until = touched_until(policy, Scope(fault.scope), at)
    found = await work.session.execute(
        text(
            """
            SELECT lot_id FROM lot_bidding AS b
             WHERE phase IN ('waiting', 'open') AND starts_at <= :at AND ends_at > :since
               AND ends_at <= coalesce(CAST(:until AS timestamptz), 'infinity')
               AND NOT EXISTS (SELECT FROM service_fault_lot AS t WHERE t.fault_id = :fault AND t.lot_id = b.lot_id)
             ORDER BY ends_at LIMIT :batch
            """
        ),
        {"at": at, "since": since, "until": until, "fault": fault.id, "batch": BATCH},
    )
    lot_ids = [row.lot_id for row in found]
    stopped = await stop_lots(work, fault, lot_ids, since=since)
    closed = await _note_closed(work, fault, at=at)
    if stopped or closed:
        await report_fault.later(work, key=f"{fault.id}:{work.now.isoformat()}", fault_id=fault.id)
    if len(lot_ids) == BATCH:
        await touch_more_lots.later(
            work, key=f"{fault.id}:{lot_ids[-1]}", fault_id=fault.id, stands_at=at, since=since
        )
    return stopped + closed


@task(queue="listing")
async def touch_more_lots(work: Work, *, fault_id: UUID, stands_at: datetime, since: datetime) -> None:
    """Go on where one transaction would have become too long."""
    fault = await work.session.get_one(ServiceFault, fault_id, with_for_update=True)
    await touch_lots(work, fault_policy(), fault, at=stands_at, since=since)
    if fault.resumes_at is not None:
        await release_lots(work, fault, resumes_at=max(fault.resumes_at, work.now), note=OVER)


async def stop_lots(work: Work, fault: ServiceFault, lot_ids: list[UUID], *, since: datetime) -> int:
    """Stop these lots because of the fault; their clocks stand still as of `since`. Returns how many were not over."""
    if not lot_ids:
        return 0
    stays = await pause_lots(
        work,
        lot_ids,
        kind=StayKind.PLATFORM_STOP,
        ground="platform_fault",
        reason=str(from_json(fault.reason)),
        source=source_of(fault.id),
        since=since,
        skip_ended=True,
    )
    if not stays:
        return 0
    await work.session.flush()
    noted = await work.session.execute(
        insert(TouchedLot)
        .values(
            [
                {
                    "fault_id": fault.id,
                    "lot_id": stay.lot_id,
                    "effect": Effect.PAUSED,
                    "ends_at": since + timedelta(milliseconds=stay.remaining_ms),
                    "remaining_ms": stay.remaining_ms,
                }
                for stay in stays
            ]
        )
        .on_conflict_do_nothing()
        .returning(col(TouchedLot.lot_id))
    )
    return len(noted.all())


async def _note_closed(work: Work, fault: ServiceFault, *, at: datetime) -> int:
    """Lots that were closed while the fault stood stay closed; their bidders learn of the remedy (B-55)."""
    if fault.kind not in HINDERS_BIDS:
        return 0
    noted = await work.session.execute(
        text(
            """
            INSERT INTO service_fault_lot (fault_id, lot_id, effect, ends_at)
            SELECT :fault, id, :closed, ended_at FROM lot
             WHERE ended_at > :since AND ended_at <= :at AND state IN ('sold', 'failed', 'selloff_failed')
            ON CONFLICT DO NOTHING RETURNING lot_id
            """
        ),
        {"fault": fault.id, "closed": Effect.CLOSED, "since": fault.began_at, "at": at},
    )
    lots = [row.lot_id for row in noted]
    await tell_of_closed_lot.later_many(
        work, [(f"{fault.id}:{lot_id}", {"fault_id": fault.id, "lot_id": lot_id}) for lot_id in lots]
    )
    return len(lots)


def source_of(fault_id: UUID) -> str:
    """Under what name a fault's stays stand."""
    return f"fault:{fault_id}"


async def end_fault(
    work: Work, policy: FaultPolicy, fault: ServiceFault, *, over_at: datetime, **seen: Any
) -> None:
    """The fault is over: note it, and announce when its lots go on (B-50, L-25)."""
    await _note_closed(work, fault, at=over_at)
    fault.over_at = max(over_at, fault.began_at)
    fault.resumes_at = resumption(policy, began_at=fault.began_at, over_at=fault.over_at, now=work.now)
    work.session.add(fault)
    await record(
        work,
        "service.fault_over",
        stream=STREAM,
        rule=RULES[FaultKind(fault.kind)],
        fault=str(fault.id),
        over_at=fault.over_at,
        resumes_at=fault.resumes_at,
        seen=seen,
    )
    await release_lots(work, fault, resumes_at=fault.resumes_at, note=OVER)


async def release_lots(work: Work, fault: ServiceFault, *, resumes_at: datetime, note: str) -> list[UUID]:
    """End the stops of a fault and announce when bidding goes on with the time that was left; returns the lots.

    A lot that a court or another fault holds stands still until that ends, too. One that may not be sold any more (A-01)
    stays stopped; its court has been told that the ground is gone (L-25).
    """
    rows = await work.session.exec(
        select(Stay.lot_id)
        .where(Stay.source == source_of(fault.id), col(Stay.ended_at).is_(None))
        .order_by(col(Stay.lot_id))
    )
    lot_ids = list(rows)
    if not lot_ids:
        return []
    await end_stays(work, lot_ids, note=note, source=source_of(fault.id))
    released = []
    for lot_id in lot_ids:
        if await stays_in_force(work, lot_id):
            continue
        try:
            async with work.session.begin_nested():
                await resume_lots(
                    work,
                    [lot_id],
                    reason=note,
                    resumes_at=resumes_at,
                    notice=max(resumes_at - work.now, timedelta()),
                )
        except RuleViolation:
            continue
        released.append(lot_id)
    return released


async def is_overruled(work: Work, fault_id: UUID) -> bool:
    """Whether an officer has said that this is no fault."""
    rows = await work.session.exec(
        select(FaultReview.id).where(FaultReview.fault_id == fault_id, FaultReview.review == Review.OVERRULED)
    )
    return rows.first() is not None

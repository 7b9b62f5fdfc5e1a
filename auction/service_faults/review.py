"""An officer of the intermediate court reviews a fault: confirms it, overrules it, or lets bidding go on later (B-50)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import LotBidding
from auction.service_faults.declare import STREAM, release_lots, source_of
from auction.service_faults.models import FaultReview, Review, ServiceFault
from auction.service_faults.policy import fault_policy
from auction.service_faults.rules import check_postponement
from auction.suspension.models import Stay
from auction.suspension.queries import stays_in_force
from auction.suspension.resume import resume_lots
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import SYSTEM, Permission, require
from core.ids import new_id
from disposal_teams.plain_text import clean_text


async def review_fault(
    work: Work, fault_id: UUID, review: Review, *, reason: str, resumes_at: datetime | None = None
) -> FaultReview:
    """Say what the court thinks of a fault; the evidence stands in any case.

    `CONFIRMED` changes nothing. `OVERRULED`: it was none; its lots go on after the short notice and it stops no further ones.
    `POSTPONED`: the lots that still stand go on at `resumes_at` instead, within the five days of L-25.

    Raises `InvalidInput`, `RuleViolation` (L-25), `Conflict` (overruled already, not over), `NotPermitted`.
    """
    require(work.actor, Permission.REVIEW_FAULT)
    fault = await work.session.get(ServiceFault, fault_id, with_for_update=True)
    if fault is None:
        raise NotFound(msg("没有找到该故障记录。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    if (review is Review.POSTPONED) != (resumes_at is not None):
        fields["resumes_at"] = msg("改期恢复须填写恢复时间，其他意见不填。")
    if fields:
        raise InvalidInput(msg("复核意见有误，请按提示修改。"), fields=fields, rule="B-50")
    earlier = await work.session.exec(
        select(FaultReview.id).where(FaultReview.fault_id == fault_id, FaultReview.review == Review.OVERRULED)
    )
    if earlier.first() is not None:
        raise Conflict(msg("该故障已被认定不成立，不能再次复核。"), rule="B-50")
    if review is Review.POSTPONED:
        if fault.over_at is None:
            raise Conflict(msg("故障尚未排除，标的保持暂停，无需改期。"), rule="B-50")
        assert resumes_at is not None
        check_postponement(resumes_at, over_at=fault.over_at, now=work.now)
    assert work.actor.account_id is not None
    said = FaultReview(
        id=new_id(),
        fault_id=fault_id,
        review=review,
        reason=reason,
        resumes_at=resumes_at,
        reviewed_by=work.actor.account_id,
        reviewer=work.actor.name,
        reviewed_at=work.now,
    )
    work.session.add(said)
    await work.session.flush()
    await record(
        work,
        "service.fault_reviewed",
        stream=STREAM,
        rule="B-50",
        fault=str(fault_id),
        review=review,
        reason=reason,
        resumes_at=resumes_at,
    )
    # The stops were the system's own, in all courts; so is letting the lots go.
    as_system = Work(work.session, SYSTEM, work.now, work.request_id)
    if review is Review.OVERRULED:
        goes_on = work.now + timedelta(seconds=fault_policy().notice_s)
        note = f"中级法院复核认为故障不成立：{reason}"[:500]
        await release_lots(as_system, fault, resumes_at=goes_on, note=note)
        await _move(as_system, fault, goes_on, note)
    elif resumes_at is not None:
        await _move(as_system, fault, resumes_at, f"改期恢复：{reason}"[:500])
    return said


async def _move(work: Work, fault: ServiceFault, resumes_at: datetime, note: str) -> None:
    """Announce another moment for the fault's lots that still wait to go on."""
    rows = await work.session.exec(
        select(LotBidding.lot_id)
        .join(Stay, col(Stay.lot_id) == col(LotBidding.lot_id))
        .where(
            Stay.source == source_of(fault.id),
            LotBidding.phase == "paused",
            col(LotBidding.resumes_at).is_not(None),
            LotBidding.resumes_at != resumes_at,
        )
        .order_by(col(LotBidding.lot_id))
    )
    for lot_id in list(rows):
        if not await stays_in_force(work, lot_id):
            await resume_lots(
                work, [lot_id], reason=note, resumes_at=resumes_at, notice=resumes_at - work.now
            )

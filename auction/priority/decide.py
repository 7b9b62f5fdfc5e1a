"""The panel confirms or refuses a claim to buy first, with its reasons and the order (B-03, B-25, art. 19)."""

from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot, LotBidding
from auction.listing.rules import check_panel
from auction.priority import rules
from auction.priority.claims import (
    carry_to_entry,
    notification_of,
    open_claim,
    statutory_until,
    window_of,
)
from auction.priority.models import ClaimState, PriorityClaim, PriorityKind
from auction.priority.papers import issue_decision
from auction.registration.tell import tell_account
from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, may
from core.notices import Topic
from disposal_teams.plain_text import clean_text

BATCH = 200
MOST_ORDER = 9


async def decide_claim(
    work: Work,
    claim_id: UUID,
    *,
    confirm: bool,
    order: int | None,
    members: list[str],
    reason: str,
) -> PriorityClaim:
    """Confirm a claim with its order, or refuse it; decided anew as long as bidding has not begun.

    The person gets the paper (§10 no. 14) and, with a paid deposit, a code of that order. Raises `NotFound` (P-03),
    `RuleViolation` (too late, §11.4), `InvalidInput` by field (panel B-03, order, reason).
    """
    claim = await work.session.get(PriorityClaim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None or not may(work.actor, Permission.CONFIRM_PRIORITY, court_code=claim.court_code):
        raise NotFound(msg("没有找到该优先购买权申请。"), rule="P-03")
    lot = await work.session.get_one(Lot, claim.lot_id)
    claimant = open_claim(claim)
    kind = PriorityKind(claim.kind)
    notification = await notification_of(work, lot, claimant.holder_number, kind)
    window = await window_of(work, lot, statutory_until=statutory_until(notification, kind))
    rules.check_decision(ClaimState(claim.state), window, now=work.now)
    fields: dict[str, Message] = {}
    names = [clean_text(name, "member1", fields, longest=40) for name in members if name.strip()]
    reason = clean_text(reason, "reason", fields, longest=500)
    if problem := check_panel(names):
        fields["member1"] = problem
    if confirm and (order is None or not 1 <= order <= MOST_ORDER):
        fields["order"] = msg("请填写 1 到 {most} 的顺位。", most=MOST_ORDER)
    if fields:
        raise InvalidInput(msg("合议庭决定有误，请按提示修改。"), fields=fields, rule="B-03")
    claim.state = ClaimState.CONFIRMED if confirm else ClaimState.REFUSED
    claim.priority_order = order if confirm else None
    claim.members, claim.reason = names, reason
    claim.decided_by, claim.decided_at = work.actor.account_id, work.now
    await work.session.flush()
    await record(
        work, "priority.confirmed" if confirm else "priority.refused", stream=f"lot:{lot.id}", rule="B-03",
        lot_id=lot.id, claim=str(claim_id), kind=claim.kind, order=claim.priority_order, members=names, reason=reason,
    )  # fmt: skip
    claim.document_id = (await issue_decision(work, claim, lot, claimant)).id
    await carry_to_entry(work, claim)
    await tell_account(
        work,
        claimant.account_id,
        lot.id,
        key=f"priority:{claim_id}:{claim.document_id}",
        title=msg("优先购买权已确认") if confirm else msg("优先购买权未予确认"),
        body=msg("您为第 {order} 顺位优先购买权人，竞价中同等价格优先。", order=order)
        if confirm
        else msg("合议庭未确认您的优先购买权：{reason}您可以作为普通竞买人参加。", reason=reason),
        topic=Topic.ENTRY,
    )
    return claim


async def lapse_undecided(work: Work) -> int:
    """Claims that the panel has not decided when bidding starts lapse: their entries become ordinary ones (§11.4)."""
    rows = await work.session.exec(
        select(PriorityClaim)
        .join(LotBidding, col(LotBidding.lot_id) == col(PriorityClaim.lot_id))
        .where(
            PriorityClaim.state == ClaimState.CLAIMED,
            LotBidding.starts_at <= work.now,
            col(LotBidding.phase).in_(["open", "closed"]),
        )
        .limit(BATCH)
        .with_for_update(of=PriorityClaim, skip_locked=True)
    )
    count = 0
    for claim in list(rows):
        lot = await work.session.get_one(Lot, claim.lot_id)
        claimant, kind = open_claim(claim), PriorityKind(claim.kind)
        notification = await notification_of(work, lot, claimant.holder_number, kind)
        window = await window_of(work, lot, statutory_until=statutory_until(notification, kind))
        if work.now < window.decide_until:
            # A shareholder's twenty days still run (B-22). Meanwhile the entry bids as an ordinary one.
            await carry_to_entry(work, claim, as_ordinary=True)
            continue
        claim.state = ClaimState.LAPSED
        await work.session.flush()
        await record(
            work,
            "priority.lapsed",
            stream=f"lot:{claim.lot_id}",
            rule="§11.4",
            lot_id=claim.lot_id,
            claim=str(claim.id),
        )
        await carry_to_entry(work, claim)
        await tell_account(
            work,
            claimant.account_id,
            claim.lot_id,
            key=f"priority-lapsed:{claim.id}",
            title=msg("优先购买权未及审定"),
            body=msg("开拍前合议庭未作出决定。您可以作为普通竞买人参加；对此有异议的，可以向法院提出。"),
            topic=Topic.ENTRY,
        )
        count += 1
    return count

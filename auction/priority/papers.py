"""The notice of the panel's decision on a claim to buy first (§10 no. 14), and how the court reads a claim."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.listing.lot_paper import issue_lot_paper
from auction.listing.models import Lot, PartyNotification
from auction.listing.rules import shown
from auction.priority.claims import PURPOSE, Claimant, notification_of, open_claim
from auction.priority.models import ClaimState, PriorityClaim, PriorityKind
from auction.priority.rules import KIND_LABELS
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.documents import PLAIN_LETTER, Document
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may, require
from core.sealed_files import OpenedFile, open_file
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of


async def issue_decision(work: Work, claim: PriorityClaim, lot: Lot, claimant: Claimant) -> Document:
    """Write the notice to the claimant. Not public: it goes to its addressee, and stays in the court's file."""
    case, court = await case_of(work, lot.case_id), await court_of(work, lot.court_code)
    confirmed = claim.state == ClaimState.CONFIRMED
    right = KIND_LABELS[PriorityKind(claim.kind)]
    if confirmed:
        paragraphs = [
            f"你（单位）对本院拍卖的“{lot.title}”主张优先购买权（{right}），经合议庭审查，予以确认。",
            f"理由：{claim.reason}",
            (
                "你（单位）报名并交纳保证金后，取得注明顺位的优先竞买代码，在本人报名页面查看。竞价中出价与当前最高价相同的，"
                "由优先购买权人领先；顺位不同的，顺位在先的领先；顺位相同的，出价在先的领先。"
            ),
            "未报名、未交纳保证金或者未出价的，视为放弃优先购买权。",
        ]
    else:
        paragraphs = [
            f"你（单位）对本院拍卖的“{lot.title}”主张优先购买权（{right}），经合议庭审查，不予确认。",
            f"理由：{claim.reason}",
            "你（单位）可以作为普通竞买人参加竞买。对本决定有异议的，可以依法向本院提出执行行为异议。",
        ]
    facts = [
        ["标的编号", lot.lot_no],
        ["权利性质", right],
        *([["顺位", f"第 {claim.priority_order} 顺位"]] if confirmed else []),
        ["竞价开始", shown(lot.starts_at)],
        ["合议庭", "、".join(claim.members)],
    ]
    return await issue_lot_paper(
        work,
        lot,
        "priority_notice" if confirmed else "priority_refusal",
        PLAIN_LETTER,
        {
            "court": court.name,
            "case_no": case.case_no,
            "addressee": claimant.holder_name,
            "paragraphs": paragraphs,
            "facts": facts,
            "closing": [f"监督电话：{court.supervision_phone}"],
            "is_demo": lot.is_demo,
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
        },
        subject=f"claim:{claim.id}",
    )


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A claim in the panel's queue, unopened."""

    claim: PriorityClaim
    lot: Lot


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim opened for the panel: the person, the papers, and whether the court knew and notified this holder (B-20)."""

    claim: PriorityClaim
    lot: Lot
    claimant: Claimant
    notification: PartyNotification | None
    others: list[PriorityClaim]


async def waiting_claims(work: Work, court_code: str, *, limit: int = 100) -> list[WaitingClaim]:
    """Claims that wait for the panel, by the start of their sale. The list names sales and rights, not people."""
    require(work.actor, Permission.CONFIRM_PRIORITY, court_code=court_code)
    rows = await work.session.exec(
        select(PriorityClaim, Lot)
        .join(Lot, col(Lot.id) == col(PriorityClaim.lot_id))
        .where(PriorityClaim.court_code == court_code, PriorityClaim.state == ClaimState.CLAIMED)
        .order_by(col(Lot.starts_at), col(PriorityClaim.claimed_at))
        .limit(limit)
    )
    return [WaitingClaim(claim, lot) for claim, lot in rows.all()]


async def claim_for_panel(work: Work, claim_id: UUID) -> ShownClaim:
    """A claim for the panel that decides it. It must know the person for this one purpose, which is written to the audit
    chain; whether the person has entered, paid or bid is not to be seen here or anywhere (P-01). Raises `NotFound` (P-03)."""
    claim = await work.session.get(PriorityClaim, claim_id)
    if claim is None or not may(work.actor, Permission.CONFIRM_PRIORITY, court_code=claim.court_code):
        raise NotFound(msg("没有找到该优先购买权申请。"), rule="P-03")
    lot = await work.session.get_one(Lot, claim.lot_id)
    claimant = open_claim(claim)
    await record(
        work, "priority.claim_opened", stream=f"lot:{lot.id}", rule="P-01", lot_id=lot.id, claim=str(claim_id)
    )
    others = await work.session.exec(
        select(PriorityClaim)
        .where(PriorityClaim.lot_id == lot.id, PriorityClaim.id != claim.id)
        .order_by(col(PriorityClaim.priority_order), col(PriorityClaim.claimed_at))
    )
    known = await notification_of(work, lot, claimant.holder_number, PriorityKind(claim.kind))
    return ShownClaim(claim, lot, claimant, known, list(others))


async def paper_for_panel(work: Work, claim_id: UUID, file_id: UUID) -> OpenedFile:
    """A file of a claim, for the panel. Raises `NotFound`."""
    shown_claim = await claim_for_panel(work, claim_id)
    if file_id not in shown_claim.claimant.files:
        raise NotFound(msg("没有找到该文件。"))
    return await open_file(work, file_id, purpose=PURPOSE)

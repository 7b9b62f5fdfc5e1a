"""Claims to buy first: made with papers by the person, read from the person's own pages (§11.4 PRIORITY_CLAIMED)."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlmodel import col, select

from auction.listing.models import Lot, LotBidding, LotState, PartyNotification
from auction.listing.pre_emption import pre_emption_end
from auction.priority import rules
from auction.priority.models import ClaimState, PriorityClaim, PriorityKind
from auction.registration.buyers import Principal
from auction.registration.identity import account_match, open_seal
from auction.registration.models import Registration
from auction.registration.progress import set_priority
from auction.registration.real_name import own_identity
from auction.registration.tell import work_as_nobody
from core.audit import record
from core.crypto import StructSeal
from core.database import Work
from core.deadlines import meet_deadline
from core.documents import Document
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.identity.models import Account
from core.identity_number import checked_credit_code, checked_identity_number
from core.ids import new_id
from core.legal_settings import legal
from core.sealed_files import keep_file
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.sealing import match_code
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

PURPOSE = "priority-papers"


class Claimant(msgspec.Struct, frozen=True):
    """Who claims, for whom, and with what. `holder_*`: whose right it is; `account_id`: who asked for it."""

    account_id: UUID
    holder_name: str
    holder_number: str
    phone: str
    statement: str
    files: tuple[UUID, ...]


_seal = StructSeal("priority-claim", Claimant)


def open_claim(claim: PriorityClaim) -> Claimant:
    """The claim in clear. For this room; the panel goes through `claim_for_panel`, which audits."""
    return _seal.open(claim.claimant_sealed, bound_to=claim.id)


def claimant_match(account_id: UUID) -> bytes:
    """The keyed hash under which a person finds the own claims."""
    return _seal.match(account_id)


async def claim_priority(
    work: Work,
    lot_id: UUID,
    *,
    kind: PriorityKind,
    statement: str,
    files: list[tuple[str, bytes]],
    holder: Principal | None = None,
) -> PriorityClaim:
    """Claim the right to buy first, for oneself or for the organisation or person (`holder`) that one acts for.

    No entry and no deposit is needed for it: an entry made before or after carries the order once the panel has confirmed.
    Raises `InvalidInput` by field, `RuleViolation` (B-22, B-25 too late; B-30 identity not confirmed), `Conflict` for a second
    claim, `NotPermitted`.
    """
    require(work.actor, Permission.REGISTER_TO_BID)
    if work.actor.account_id is None:
        raise NotPermitted(msg("请先登录，再办理此事项。"))
    account = await work.session.get_one(Account, work.actor.account_id)
    if account.identity_verified_at is None:
        raise RuleViolation(
            "B-30",
            msg("您的实名信息尚未经法院确认，暂不能提出申请。"),
            remedy=msg("请在“我的竞买”查看确认进度。"),
        )
    lot = await work.session.get_one(Lot, lot_id)
    name, number = own_identity(account)
    fields: dict[str, Message] = {}
    statement = clean_text(statement, "statement", fields, longest=1000)
    if holder is not None:
        name = clean_text(holder.name, "name1", fields, longest=80)
        check = checked_credit_code if holder.is_organisation else checked_identity_number
        try:
            number = check(holder.number)
        except InvalidInput as error:
            fields["number1"] = error.message
    if not files:
        fields["file"] = msg("请上传证明优先购买权的材料。")
    if fields:
        raise InvalidInput(msg("申请有误，请按提示修改。"), fields=fields, rule="B-25")
    notification = await notification_of(work, lot, number, kind)
    statutory = statutory_until(notification, kind)
    window = await window_of(work, lot, statutory_until=statutory)
    if lot.state not in _CLAIMABLE:
        raise RuleViolation("B-25", msg("该标的物目前不接受优先购买权申请。"))
    rules.check_claim_in_time(window, now=work.now, kind=kind, statutory_until=statutory)
    if (await own_claim(work, lot_id)) is not None:
        raise Conflict(msg("您已提出优先购买权申请，请等待合议庭决定。"), rule="B-25")
    kept = tuple(
        [
            await keep_file(
                work,
                purpose=PURPOSE,
                name=file,
                content=content,
                field="file" if place == 1 else f"file{place}",
            )
            for place, (file, content) in enumerate(files, start=1)
        ]
    )
    claim_id = new_id()
    claim = PriorityClaim(
        id=claim_id,
        lot_id=lot.id,
        court_code=lot.court_code,
        claimant_match=claimant_match(account.id),
        claimant_sealed=_seal.seal(
            Claimant(account.id, name, number, account.phone or "", statement, kept), bound_to=claim_id
        ),
        kind=kind,
        claimed_at=work.now,
    )
    work.session.add(claim)
    await work.session.flush()
    await record(
        work_as_nobody(work), "priority.claimed", stream=f"lot:{lot.id}", rule="B-25", lot_id=lot.id,
        claim=str(claim_id), kind=str(kind),
    )  # fmt: skip
    if notification is not None:
        await meet_deadline(
            work,
            "L-26",
            subject_kind="party_notification",
            subject_id=notification.id,
            done_event="priority.claimed",
        )
    await carry_to_entry(work, claim)
    await tell_court(
        work,
        lot.court_code,
        Role.PANEL_MEMBER,
        key=f"priority:{claim_id}",
        title=msg("待审查优先购买权"),
        body=msg("标的 {lot_no} 有人主张优先购买权，须在开拍前决定。", lot_no=lot.lot_no),
        link=f"/court/priority/{claim_id}",
    )
    return claim


_CLAIMABLE = (
    LotState.PUBLISHED,
    LotState.BIDDING,
    LotState.SELLOFF_OPEN,
    LotState.SELLOFF_BIDDING,
    LotState.PAUSED,
)


async def withdraw_claim(work: Work, lot_id: UUID) -> PriorityClaim:
    """Take the own claim back before bidding starts: an entry goes on as an ordinary one. Raises `NotFound`."""
    claim = await own_claim(work, lot_id, for_update=True)
    if claim is None:
        raise NotFound(msg("您没有提出优先购买权申请。"))
    lot = await work.session.get_one(Lot, lot_id)
    window = await window_of(work, lot)
    rules.check_decision(ClaimState(claim.state), window, now=work.now)
    claim.state, claim.priority_order = ClaimState.WITHDRAWN, None
    await work.session.flush()
    await record(
        work_as_nobody(work), "priority.claim_withdrawn", stream=f"lot:{lot.id}", rule="B-21", lot_id=lot.id,
        claim=str(claim.id),
    )  # fmt: skip
    await carry_to_entry(work, claim)
    return claim


async def window_of(work: Work, lot: Lot, *, statutory_until: datetime | None = None) -> rules.Window:
    """Until when claims on this lot may be made and decided."""
    bidding = await work.session.get(LotBidding, lot.id)
    starts_at = bidding.starts_at if bidding else lot.starts_at
    ends_at = bidding.ends_at if bidding else lot.scheduled_end_at
    if starts_at is None or ends_at is None:
        raise RuleViolation("B-25", msg("该标的物目前不接受优先购买权申请。"))
    return rules.claim_window(
        starts_at=starts_at,
        ends_at=ends_at,
        claim_hours=legal().priority_claim_hours,
        statutory_until=statutory_until,
    )


_ROLES = {
    PriorityKind.CO_OWNER: PartyRole.CO_OWNER,
    PriorityKind.TENANT: PartyRole.TENANT,
    PriorityKind.SHAREHOLDER: PartyRole.SHAREHOLDER,
}


async def notification_of(work: Work, lot: Lot, number: str, kind: PriorityKind) -> PartyNotification | None:
    """The 拍卖通知书 to the holder of this number, where the court knows the holder in this capacity (B-20)."""
    role = _ROLES.get(kind)
    if role is None:
        return None
    rows = await work.session.exec(
        select(PartyNotification)
        .join(Party, col(Party.id) == col(PartyNotification.party_id))
        .where(
            PartyNotification.lot_id == lot.id,
            Party.role == role,
            Party.identity_match == match_code(number),
        )
    )
    return rows.first()


def statutory_until(notification: PartyNotification | None, kind: PriorityKind) -> datetime | None:
    """The end of a shareholder's 20 days from when the notice counts as given (B-22), or None."""
    if kind is not PriorityKind.SHAREHOLDER or notification is None:
        return None
    return pre_emption_end(notification)


async def own_claim(work: Work, lot_id: UUID, *, for_update: bool = False) -> PriorityClaim | None:
    """The actor's claim on a lot that waits or is confirmed."""
    if work.actor.account_id is None:
        return None
    query = select(PriorityClaim).where(
        PriorityClaim.lot_id == lot_id,
        PriorityClaim.claimant_match == claimant_match(work.actor.account_id),
        col(PriorityClaim.state).in_([ClaimState.CLAIMED, ClaimState.CONFIRMED]),
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await work.session.exec(query)).first()


async def own_claims(work: Work, *, limit: int = 50) -> list[tuple[PriorityClaim, Lot]]:
    """The actor's claims with their lots, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(PriorityClaim, Lot)
        .join(Lot, col(Lot.id) == col(PriorityClaim.lot_id))
        .where(PriorityClaim.claimant_match == claimant_match(work.actor.account_id))
        .order_by(col(PriorityClaim.claimed_at).desc())
        .limit(limit)
    )
    return [(claim, lot) for claim, lot in rows.all()]


async def claimant_may_read(work: Work, document: Document) -> bool:
    """Whether the paper is the notice of the decision on the actor's own claim (§10 no. 14)."""
    if work.actor.account_id is None or document.lot_id is None:
        return False
    rows = await work.session.exec(
        select(PriorityClaim.id).where(
            PriorityClaim.document_id == document.id,
            PriorityClaim.claimant_match == claimant_match(work.actor.account_id),
        )
    )
    return rows.first() is not None


async def carry_to_entry(work: Work, claim: PriorityClaim, *, as_ordinary: bool = False) -> None:
    """Let the claimant's entry, if there is one, follow the claim. Nobody is told whether there is one (P-01).

    `as_ordinary`: bidding has begun while the claim still waits, so it no longer holds the entry up.
    """
    claimant = open_claim(claim)
    rows = await work.session.exec(
        select(Registration)
        .where(
            Registration.lot_id == claim.lot_id,
            Registration.account_match == account_match(claimant.account_id),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    registration = rows.first()
    if registration is None or open_seal(registration).number != claimant.holder_number:
        return
    bidding = await work.session.get(LotBidding, claim.lot_id)
    await set_priority(
        work,
        registration,
        claim.priority_order,
        claim_open=claim.state == ClaimState.CLAIMED and not as_ordinary,
        has_begun=bidding is not None and work.now >= bidding.starts_at,
    )

"""Set, change and withdraw a ceiling; let those act that waited for the start (B-40, B-44, B-47)."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text
from sqlmodel import select

from auction.bidding.ceiling_proof import commit, new_secret
from auction.bidding.ceiling_rules import StandingCeiling, steps_to
from auction.bidding.ceiling_seal import SealedLimit
from auction.bidding.models import Bid, BidOutcome
from auction.bidding.place_bid import LARGEST_AMOUNT_FEN, check_key
from auction.bidding.receipt_proof import ReceiptProof, prove_receipts, receipt_leaf
from auction.ceilings import rules
from auction.ceilings.lot_desk import LotDesk, ceiling_seal
from auction.ceilings.models import Ceiling, CeilingState
from auction.listing.models import LotBidding
from auction.registration.models import Registration, RegistrationState
from auction.registration.register import own_registration
from core.crypto import SigningKey
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.money import yuan


class CeilingReceipt(Struct, frozen=True):
    """A ceiling as its bidder keeps it: the amount, the secret behind the commitment, and the service's proof of the record.

    `leads`: whether the bidder leads now, at `price_fen`. `still_stands` is false when it was overtaken at once.
    """

    lot_id: UUID
    seq: int
    code: str
    limit_fen: int
    secret: bytes
    commitment: bytes
    decided_at: datetime
    hash: bytes
    proof: ReceiptProof
    price_fen: int | None
    leads: bool
    still_stands: bool

    @property
    def words(self) -> Message:
        """What came of it, for the bidder's eyes."""
        if not self.still_stands:
            return msg(
                "委托限价已登记，但他人的限价更高，或者相同而在先，您已被超过，当前价 {price} 元。需要的，请设置更高的限价。",
                price=yuan(self.price_fen or 0),
            )
        if self.leads:
            return msg("委托限价已设置，您目前以 {price} 元领先。", price=yuan(self.price_fen or 0))
        return msg("委托限价已设置，竞价开始或恢复后由系统代您加价。")

    def __repr__(self) -> str:
        """Without the amount: it must not reach a log by a trace."""
        return f"CeilingReceipt({self.lot_id}, {self.seq})"


async def set_ceiling(
    work: Work, lot_id: UUID, limit_fen: int, *, idempotency_key: str, received_at: datetime
) -> CeilingReceipt:
    """Let the system raise for the actor up to `limit_fen`, in place of an earlier ceiling; it acts at once when bidding is open.

    Raises `NotPermitted` (no entry, staff), `RuleViolation` (not allowed for this lot, not qualified, over), `InvalidInput`
    (amount), `Conflict` (the key was used for something else).
    """
    entry = await _own_entry(work, lot_id)
    return await set_for_entry(
        work, entry, limit_fen, idempotency_key=idempotency_key, received_at=received_at
    )


async def set_for_entry(
    work: Work,
    entry: Registration,
    limit_fen: int,
    *,
    idempotency_key: str,
    received_at: datetime,
    key: SigningKey | None = None,
) -> CeilingReceipt:
    """As `set_ceiling`, for an entry that the caller has found to be the asker's. `key` signs, in place of that of real sales."""
    lot_id = entry.lot_id
    check_key(idempotency_key)
    if not 0 < limit_fen < LARGEST_AMOUNT_FEN:
        raise InvalidInput(
            msg("金额明显有误，请核对位数。"), fields={"limit": msg("请核对金额。")}, rule="B-40"
        )
    desk, allowed = await _locked(work, lot_id, key)
    if (earlier := await _by_key(work, entry, idempotency_key)) is not None:
        return await _again(work, desk, entry, earlier, limit_fen)
    rules.check_settable(allowed=allowed, has_ended=_has_ended(desk))
    entry = await _fresh(work, entry)
    if entry.state != RegistrationState.QUALIFIED or entry.code is None:
        raise RuleViolation("B-30", msg("您尚未取得本标的的竞买资格，请先报名并足额交纳保证金。"))
    desk.answer()
    await desk.write_ceilings(work)
    rules.check_amount(desk.procedure, desk.state, limit_fen, entry.id, entry.priority_order)
    before = await _standing_row(work, entry.id)
    steps = steps_to(desk.procedure, limit_fen)
    assert steps is not None
    limit = SealedLimit(limit_fen, new_secret())
    committed = commit(lot_id, entry.code, limit.secret, steps)
    seq = desk.act(
        BidOutcome.CEILING_SET,
        entry.id,
        key=idempotency_key,
        received_at=received_at,
        ceiling=before.seq if before else None,
        commitment=committed,
    )
    link = desk.head
    if before is not None:
        desk.answering.drop(before.seq)
    desk.answering.add(StandingCeiling(seq, entry.id, entry.code, limit_fen, entry.priority_order), limit)
    desk.answer()
    await desk.write_bids(work)
    await _end_standing(work, desk, entry.id, CeilingState.REPLACED)
    work.session.add(
        Ceiling(
            lot_id=lot_id,
            seq=seq,
            registration_id=entry.id,
            code=entry.code,
            limit_sealed=ceiling_seal().seal(limit, lot_id, entry.id, seq),
            set_at=desk.at,
        )
    )
    await work.session.flush()
    await _count(work, lot_id, 1)
    await desk.write_ceilings(work)
    return _receipt(desk, entry, seq, limit, committed, link, desk.at)


async def withdraw_ceiling(work: Work, lot_id: UUID, *, idempotency_key: str, received_at: datetime) -> None:
    """Take back the actor's ceiling. Bids that it has made stand. Raises `RuleViolation` (over, or nothing stands)."""
    entry = await _own_entry(work, lot_id)
    await withdraw_for_entry(work, entry, idempotency_key=idempotency_key, received_at=received_at)


async def withdraw_for_entry(
    work: Work,
    entry: Registration,
    *,
    idempotency_key: str,
    received_at: datetime,
    key: SigningKey | None = None,
) -> None:
    """As `withdraw_ceiling`, for an entry that the caller has found to be the asker's."""
    check_key(idempotency_key)
    desk, allowed = await _locked(work, entry.lot_id, key)
    earlier = await _by_key(work, entry, idempotency_key)
    if earlier is not None:
        if earlier.outcome != BidOutcome.CEILING_WITHDRAWN:
            raise Conflict(msg("这次提交的编号已用于其他操作，请刷新页面后重新提交。"), rule="B-47")
        return
    rules.check_settable(allowed=allowed, has_ended=_has_ended(desk))
    await end_ceiling(work, desk, entry.id, key=idempotency_key, received_at=received_at)


async def end_ceiling(
    work: Work, desk: LotDesk, registration_id: UUID, *, key: str, received_at: datetime
) -> None:
    """Record that an entry's ceiling acts no more. Raises `RuleViolation` when none stands."""
    row = await _standing_row(work, registration_id)
    if row is None:
        raise RuleViolation("B-40", rules.NOT_STANDING)
    desk.act(
        BidOutcome.CEILING_WITHDRAWN,
        registration_id,
        key=key,
        received_at=received_at,
        ceiling=row.seq,
        commitment=None,
    )
    await desk.write_bids(work)
    await _end_standing(work, desk, registration_id, CeilingState.WITHDRAWN)


async def weigh_ceilings(work: Work, lot_id: UUID, *, at: datetime | None = None) -> bool:
    """Let the ceilings of a lot act that waited for its start or its resumption; False when somebody else holds the lot.
    `at`: when they act, if this transaction has held the lot since then."""
    desk = await LotDesk.lock(work, lot_id, wait=False, at=at)
    if desk is None:
        return False
    desk.answer()
    await desk.write_bids(work)
    await desk.write_ceilings(work)
    return True


# --- parts --------------------------------------------------------------------------------------------------------


async def _own_entry(work: Work, lot_id: UUID) -> Registration:
    require(work.actor, Permission.PLACE_BID)
    if work.actor.account_id is None or work.actor.is_staff:
        raise NotPermitted(msg("法院工作人员不得参与竞买。"), rule="B-80")
    entry = await own_registration(work, lot_id)
    if entry is None:
        raise NotPermitted(msg("您尚未报名本标的。请先报名并交纳保证金，再出价。"), rule="B-32")
    return entry


async def _fresh(work: Work, entry: Registration) -> Registration:
    """The entry as it stands now that the lot is ours: a disqualification committed while we waited counts."""
    await work.session.refresh(entry)
    return entry


async def _locked(work: Work, lot_id: UUID, key: SigningKey | None) -> tuple[LotDesk, bool]:
    """The locked lot, and whether its panel allows ceilings."""
    allowed = (
        await work.session.exec(select(LotBidding.ceiling_bids_allowed).where(LotBidding.lot_id == lot_id))
    ).first()
    desk = await LotDesk.lock(work, lot_id, key=key)
    if desk is None or allowed is None:
        raise NotFound(msg("没有这个标的，或它尚未公告。"))
    return desk, allowed


def _has_ended(desk: LotDesk) -> bool:
    state = desk.state
    return state.phase == "closed" or (state.phase != "paused" and desk.at >= state.ends_at)


async def _by_key(work: Work, entry: Registration, key: str) -> Bid | None:
    found = await work.session.exec(
        select(Bid).where(Bid.registration_id == entry.id, Bid.idempotency_key == key)
    )
    return found.first()


async def _standing_row(work: Work, registration_id: UUID) -> Ceiling | None:
    found = await work.session.exec(
        select(Ceiling)
        .where(Ceiling.registration_id == registration_id, Ceiling.state == CeilingState.STANDING)
        .execution_options(populate_existing=True)
    )
    return found.first()


async def _again(
    work: Work, desk: LotDesk, entry: Registration, earlier: Bid, limit_fen: int
) -> CeilingReceipt:
    """The same receipt for the same key."""
    row = await work.session.get(Ceiling, (earlier.lot_id, earlier.seq))
    limit = None if row is None else ceiling_seal().open(row.limit_sealed, row.lot_id, entry.id, row.seq)
    if limit is None or limit.limit_fen != limit_fen or earlier.ceiling_proof is None:
        raise Conflict(msg("这次提交与之前一次编号相同但金额不同，请刷新页面后重新提交。"), rule="B-47")
    return _receipt(desk, entry, earlier.seq, limit, earlier.ceiling_proof, earlier.hash, earlier.decided_at)


def _receipt(
    desk: LotDesk,
    entry: Registration,
    seq: int,
    limit: SealedLimit,
    committed: bytes,
    link: bytes,
    decided_at: datetime,
) -> CeilingReceipt:
    (proof,) = prove_receipts(desk.key, [receipt_leaf(desk.lot_id, seq, link)])
    own = desk.answering.standing_of(entry.id)
    return CeilingReceipt(
        lot_id=desk.lot_id,
        seq=seq,
        code=entry.code or "",
        limit_fen=limit.limit_fen,
        secret=limit.secret,
        commitment=committed,
        decided_at=decided_at,
        hash=link,
        proof=proof,
        price_fen=desk.state.price_fen,
        leads=desk.state.leader == entry.id,
        still_stands=own is not None and own.seq == seq,
    )


async def _end_standing(work: Work, desk: LotDesk, registration_id: UUID, state: CeilingState) -> None:
    """End the entry's standing ceiling, if there is one."""
    ended = await work.session.execute(
        text(
            "UPDATE ceiling SET state = :state, ended_at = :at "
            "WHERE registration_id = :entry AND state = 'standing' RETURNING seq"
        ),
        {"state": state, "at": desk.at, "entry": registration_id},
    )
    if len(ended.all()):
        await _count(work, desk.lot_id, -1)


async def _count(work: Work, lot_id: UUID, more: int) -> None:
    await work.session.execute(
        text("UPDATE lot_bidding SET ceilings = ceilings + :more WHERE lot_id = :lot"),
        {"more": more, "lot": lot_id},
    )

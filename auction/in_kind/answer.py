"""A creditor answers, on the own page or on paper, and the officer corrects rank and claim (B-74, X-01)."""

from datetime import datetime
from uuid import UUID

from auction.in_kind.choose import close_window, settle_taker
from auction.in_kind.models import Answer, InKindInquiry, InKindOffer, OfferState
from auction.in_kind.queries import WINDOW, clock_of, inquiries_of, offer_for_update, own_inquiry
from auction.in_kind.rules import check_answer_in_time
from auction.in_kind.tell import note_offer
from auction.listing.models import Lot
from auction.listing.parts import advance_lot_assets
from auction.listing.queries import lots_of_asset
from core.database import Work
from core.deadlines import DeadlineState
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.money import LARGEST_FEN
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.plain_text import clean_text

HIGHEST_RANK = 99


async def answer_online(work: Work, lot_no: str, *, answer: Answer) -> InKindInquiry:
    """The actor answers the own inquiry. It can be changed until the window closes; the last one counts.

    Raises `NotFound` (not asked), `RuleViolation` (closed, over, or the asset is stayed).
    """
    own = await own_inquiry(work, lot_no)
    offer = await offer_for_update(work, own.offer.id)
    inquiry = await _line(work, offer, own.inquiry.id)
    await _check_window(work, offer, posted_at=None)
    await _write(work, offer, inquiry, answer, proof="", online=True)
    await _close_when_all_answered(work, offer)
    return inquiry


async def record_answer(
    work: Work, inquiry_id: UUID, *, answer: Answer, proof: str, posted_at: datetime | None = None
) -> InKindInquiry:
    """Record an answer on paper, with its proof. One posted before the end is in time though it comes later (C-03), as long as
    no further round was published.

    Raises `InvalidInput`, `RuleViolation`, `NotFound`, `NotPermitted`.
    """
    offer, inquiry = await _open_line(work, inquiry_id, Permission.NOTIFY_PARTIES)
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    if posted_at is not None and posted_at > work.now:
        fields["posted_at"] = msg("投邮时间不能晚于现在。")
    if fields:
        raise InvalidInput(msg("答复记录有误，请按提示修改。"), fields=fields, rule="B-74")
    await _check_window(work, offer, posted_at=posted_at)
    is_late_taker = offer.state == OfferState.DECLINED and answer is Answer.TAKE
    if is_late_taker:
        await _revive(work, offer)
    await _write(work, offer, inquiry, answer, proof=proof, online=False)
    if is_late_taker:
        await work.session.flush()
        await settle_taker(work, offer)
    else:
        await _close_when_all_answered(work, offer)
    return inquiry


async def correct_rank(
    work: Work, inquiry_id: UUID, *, rank: int, claim_fen: int, reason: str
) -> InKindInquiry:
    """Correct a creditor's legal rank and claim before a taker is chosen; the reason is kept (P-05).

    Raises `InvalidInput`, `RuleViolation` (a taker is chosen), `NotPermitted`.
    """
    offer, inquiry = await _open_line(work, inquiry_id, Permission.ISSUE_RULING)
    if offer.state not in {OfferState.OPEN, OfferState.DRAWING} or offer.drawn_at is not None:
        raise RuleViolation("B-74", msg("承受人已经确定，不能再更改顺位和债权额。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=200)
    if not 1 <= rank <= HIGHEST_RANK:
        fields["rank"] = msg("请填写 {least} 到 {most} 之间的整数。", least=1, most=HIGHEST_RANK)
    if not 0 <= claim_fen <= LARGEST_FEN:
        fields["claim"] = msg("金额须为 0 至 10 万亿元。")
    if fields:
        raise InvalidInput(msg("顺位或债权额有误，请按提示修改。"), fields=fields, rule="B-74")
    before = {"rank": inquiry.rank, "claim_fen": inquiry.claim_fen}
    inquiry.rank, inquiry.claim_fen, inquiry.rank_reason = rank, claim_fen, reason
    await note_offer(
        work,
        offer,
        "in_kind.rank_corrected",
        inquiry=str(inquiry.id),
        before=before,
        rank=rank,
        claim_fen=claim_fen,
        reason=reason,
    )
    await work.session.flush()
    if offer.state == OfferState.DRAWING:
        offer.state = OfferState.OPEN
        await settle_taker(work, offer)
    return inquiry


async def _open_line(
    work: Work, inquiry_id: UUID, permission: Permission
) -> tuple[InKindOffer, InKindInquiry]:
    known = await work.session.get(InKindInquiry, inquiry_id)
    if known is None:
        raise NotFound(msg("没有找到该债权人的征询记录。"))
    offer = await offer_for_update(work, known.offer_id)
    require(work.actor, permission, court_code=offer.court_code)
    return offer, await _line(work, offer, inquiry_id)


async def _line(work: Work, offer: InKindOffer, inquiry_id: UUID) -> InKindInquiry:
    """The line, read again under the inquiry's lock."""
    return next(each for each in await inquiries_of(work, offer.id) if each.id == inquiry_id)


async def _check_window(work: Work, offer: InKindOffer, *, posted_at: datetime | None) -> None:
    window = await clock_of(work, WINDOW, offer.id)
    assert window is not None
    if window.state == DeadlineState.PAUSED:
        raise RuleViolation("B-50", msg("标的物正在暂缓或中止，征询期限停止计算，恢复后再答复。"))
    check_answer_in_time(OfferState(offer.state), due_at=window.due_at, now=work.now, posted_at=posted_at)


async def _revive(work: Work, offer: InKindOffer) -> None:
    """An answer posted in time arrives after the window was closed without a taker (C-03)."""
    runs = await lots_of_asset(work, offer.asset_id)
    if offer.closed_at is not None and any(
        run.published_at and run.published_at > offer.closed_at for run in runs
    ):
        raise RuleViolation("B-74", msg("下一拍次的公告已经发布，不能再接受以物抵债。"))
    asset = await work.session.get_one(Asset, offer.asset_id)
    if asset.state != AssetState.LISTED:
        raise RuleViolation("B-74", msg("标的物的处置已经继续进行，不能再接受以物抵债。"))
    lot = await work.session.get_one(Lot, offer.lot_id)
    await advance_lot_assets(
        work, lot, AssetState.OFFERED_IN_KIND, reason="期限内投邮的答复到达", rule="C-03"
    )


async def _write(
    work: Work, offer: InKindOffer, inquiry: InKindInquiry, answer: Answer, *, proof: str, online: bool
) -> None:
    inquiry.answer, inquiry.answered_at = answer, work.now
    inquiry.answered_online, inquiry.proof = online, proof
    await note_offer(
        work, offer, "in_kind.answered", inquiry=str(inquiry.id), answer=str(answer), online=online
    )


async def _close_when_all_answered(work: Work, offer: InKindOffer) -> None:
    await work.session.flush()
    if all(each.answer is not None for each in await inquiries_of(work, offer.id)):
        await close_window(work, offer.id)

"""Who takes: the window closes, lots are drawn among equals, the chosen one pays the difference or the next follows (B-74)."""

from uuid import UUID

from auction.in_kind.models import Answer, InKindInquiry, InKindOffer, OfferState
from auction.in_kind.queries import DIFFERENCE, SUBJECT, WINDOW, inquiries_of, offer_for_update
from auction.in_kind.rules import Claim, Taker, check_transition, due_share_fen, first_taker, tied
from auction.in_kind.tell import note_offer, tell_creditors, tell_team
from auction.listing.models import Lot, LotState
from auction.listing.parts import advance_lot_assets
from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.i18n import msg
from core.identity import Role
from core.legal_settings import legal
from core.money import yuan
from disposal_teams.assets.models import AssetState

S = OfferState
_NEXT_ROUND_CLOCKS = ("L-13", "L-23")


async def close_window(work: Work, offer_id: UUID) -> InKindOffer:
    """The ten days are over, or everybody has answered. Closing a closed window changes nothing."""
    offer = await offer_for_update(work, offer_id)
    if offer.state != S.OPEN:
        return offer
    offer.closed_at = work.now
    await meet_deadline(
        work, WINDOW, subject_kind=SUBJECT, subject_id=offer.id, done_event="in_kind.window_closed"
    )
    await settle_taker(work, offer)
    return offer


async def settle_taker(work: Work, offer: InKindOffer) -> None:
    """Go on with a locked inquiry by its answers: to the draw, to the taker, or to the next round when nobody is left."""
    inquiries = await inquiries_of(work, offer.id)
    takers = [
        Taker(each.id, each.rank, each.drawn_place)
        for each in inquiries
        if each.answer == Answer.TAKE and each.failed_at is None
    ]
    if not takers:
        await _go_on(work, offer)
    elif tied(takers):
        check_transition(S(offer.state), S.DRAWING)
        offer.state = S.DRAWING
        await note_offer(work, offer, "in_kind.draw_needed", takers=len(takers))
        await tell_team(
            work,
            offer,
            key="draw",
            title=msg("以物抵债需要抽签"),
            body=msg("顺位相同的债权人均接受抵债，请在公开值公布后抽签。"),
        )
    else:
        await _choose(work, offer, inquiries, first_taker(takers).id)


async def _choose(work: Work, offer: InKindOffer, inquiries: list[InKindInquiry], inquiry_id: UUID) -> None:
    taker = next(each for each in inquiries if each.id == inquiry_id)
    claims = [Claim(each.id, each.rank, each.claim_fen) for each in inquiries]
    offer.taker_inquiry_id = taker.id
    offer.share_fen = min(offer.price_fen, due_share_fen(offer.price_fen, offer.costs_fen, claims, taker.id))
    offer.difference_fen = offer.price_fen - offer.share_fen
    wanted = S.AWAIT_DIFFERENCE if offer.difference_fen else S.AWAIT_RULING
    check_transition(S(offer.state), wanted)
    offer.state = wanted
    for rule in _NEXT_ROUND_CLOCKS:
        await waive_deadline(
            work, rule, subject_kind="asset", subject_id=offer.asset_id, reason="in_kind.taken"
        )
    await note_offer(
        work,
        offer,
        "in_kind.taker_chosen",
        inquiry=str(taker.id),
        share_fen=offer.share_fen,
        difference_fen=offer.difference_fen,
    )
    if wanted is S.AWAIT_RULING:
        await start_ruling_clock(work, offer)
        body = msg("法院将依法作出以物抵债裁定。")
    else:
        await _clock(work, offer, DIFFERENCE, Role.CREDITOR, legal().in_kind_difference_days)
        body = msg(
            "请在期限内补交差额 {yuan} 元，账号见征询页面；逾期由下一顺位债权人承受。",
            yuan=yuan(offer.difference_fen),
        )
    await tell_creditors(
        work, offer, [taker], key=f"chosen:{taker.id}", title=msg("您将承受抵债财产"), body=body
    )
    others = [each for each in inquiries if each.id != taker.id and each.answer == Answer.TAKE]
    await tell_creditors(
        work,
        offer,
        others,
        key=f"not-chosen:{taker.id}",
        title=msg("抵债财产由其他债权人承受"),
        body=msg("按照法定顺位或抽签结果，本次由其他债权人承受。"),
    )
    await tell_team(
        work,
        offer,
        key=f"chosen:{taker.id}",
        title=msg("债权人接受以物抵债"),
        body=msg("已确定承受人，请跟进差额和裁定。"),
    )


async def start_ruling_clock(work: Work, offer: InKindOffer) -> None:
    """Ten days for the ruling once nothing is left to pay (B-74)."""
    await _clock(work, offer, "L-19", Role.CASE_OFFICER, legal().in_kind_ruling_days)


async def _clock(work: Work, offer: InKindOffer, rule: str, owner: Role, days: int) -> None:
    await open_deadline(
        work,
        rule,
        subject_kind=SUBJECT,
        subject_id=offer.id,
        days=days,
        owner_role=owner,
        owner_court=offer.court_code,
        asset_id=offer.asset_id,
        case_id=offer.case_id,
        lot_id=offer.lot_id,
        trigger_event="in_kind.taker_chosen",
    )


async def _go_on(work: Work, offer: InKindOffer) -> None:
    """Nobody takes: the disposal goes on with the next round, or with what X-09 leaves after a sell-off."""
    after_default = offer.state == S.AWAIT_DIFFERENCE
    wanted = S.LAPSED if after_default else S.DECLINED
    check_transition(S(offer.state), wanted)
    offer.state = wanted
    if after_default:
        offer.taker_inquiry_id, offer.share_fen, offer.difference_fen = None, 0, 0
        await _restart_next_round(work, offer)
    await advance_lot_assets(
        work,
        await work.session.get_one(Lot, offer.lot_id),
        AssetState.LISTED,
        reason="无债权人承受，继续处置",
        rule="B-74",
        only_from={AssetState.OFFERED_IN_KIND},
    )
    await note_offer(work, offer, "in_kind.declined" if wanted is S.DECLINED else "in_kind.lapsed")
    await tell_team(
        work,
        offer,
        key="declined",
        title=msg("无人接受以物抵债"),
        body=msg("征询已经结束，请继续办理下一拍次或变卖后的处理。"),
    )


async def _restart_next_round(work: Work, offer: InKindOffer) -> None:
    """The clock of the next round, waived for the taker, runs anew."""
    lot = await work.session.get_one(Lot, offer.lot_id)
    if lot.state != LotState.FAILED:
        return
    first = lot.round == "first"
    await open_deadline(
        work,
        "L-13" if first else "L-23",
        subject_kind="asset",
        subject_id=offer.asset_id,
        days=None if first else legal().sell_off_notice_within_days,
        owner_role=Role.DISPOSAL_TEAM,
        owner_court=offer.court_code,
        asset_id=offer.asset_id,
        case_id=offer.case_id,
        lot_id=offer.lot_id,
        trigger_event="in_kind.lapsed",
    )

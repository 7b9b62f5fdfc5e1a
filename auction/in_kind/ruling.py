"""The ruling that gives the asset to a creditor, and its service: ownership passes, every seal ends (B-74, A-03)."""

from uuid import UUID

from auction.in_kind.models import InKindInquiry, InKindOffer, OfferState
from auction.in_kind.papers import (
    issue_in_kind_delivery,
    issue_in_kind_registry_notice,
    issue_in_kind_ruling,
)
from auction.in_kind.queries import SUBJECT, offer_for_update
from auction.in_kind.rules import check_transition
from auction.in_kind.tell import note_offer, tell_creditors
from auction.listing.advance import advance_lot
from auction.listing.models import Lot, LotState
from auction.listing.parts import advance_lot_assets
from auction.listing.queries import lots_of_asset
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.objections.queries import refuse_while_open
from disposal_teams.plain_text import clean_text

S = OfferState


async def rule_in_kind(work: Work, offer_id: UUID) -> InKindOffer:
    """Make the ruling, within ten days after the difference is paid. Raises `RuleViolation`, `NotPermitted`."""
    offer = await offer_for_update(work, offer_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=offer.court_code)
    check_transition(S(offer.state), S.RULED)
    await refuse_while_open(work, offer.asset_id)
    lot, taker = await _about(work, offer)
    paper = await issue_in_kind_ruling(work, offer, lot, taker, work.actor.name)
    offer.ruling_document_id, offer.ruled_at, offer.state = paper.id, work.now, S.RULED
    await meet_deadline(work, "L-19", subject_kind=SUBJECT, subject_id=offer.id, done_event="in_kind.ruled")
    await note_offer(work, offer, "in_kind.ruled")
    return offer


async def serve_in_kind_ruling(work: Work, offer_id: UUID) -> InKindOffer:
    """Record the service on the taker: the asset is the taker's, the prepared next round falls away, delivery is due."""
    offer = await offer_for_update(work, offer_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=offer.court_code)
    check_transition(S(offer.state), S.SERVED)
    await refuse_while_open(work, offer.asset_id)
    lot, taker = await _about(work, offer)
    offer.served_at, offer.state = work.now, S.SERVED
    for run in await lots_of_asset(work, offer.asset_id):
        if run.state in {LotState.DRAFT, LotState.NOTIFYING}:
            run.ended_reason, run.ended_at = "in_kind", work.now
            await advance_lot(
                work, run, LotState.WITHDRAWN, event="lot.withdrawn", rule="B-74", ground="in_kind"
            )
    await advance_lot_assets(work, lot, AssetState.IN_KIND_RULED, reason="抵债裁定送达", rule="B-74")
    for rule, days in (("L-20", legal().registry_notice_days), ("L-21", None)):
        await open_deadline(
            work,
            rule,
            subject_kind="lot",
            subject_id=lot.id,
            days=days,
            owner_role=Role.CASE_OFFICER,
            owner_court=lot.court_code,
            asset_id=lot.asset_id,
            case_id=lot.case_id,
            lot_id=lot.id,
            trigger_event="in_kind.served",
        )
    await note_offer(work, offer, "in_kind.served")
    await tell_creditors(
        work,
        offer,
        [taker],
        key="served",
        title=msg("抵债裁定已送达"),
        body=msg("所有权自送达时转移，法院将办理过户协助和交付。"),
    )
    return offer


async def send_in_kind_registry_notice(work: Work, offer_id: UUID) -> InKindOffer:
    """Ask the registry to transfer the asset to the taker and to lift every seal and mortgage (B-73, L-20).

    Raises `RuleViolation` before the service of the ruling, `NotPermitted`.
    """
    offer = await offer_for_update(work, offer_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=offer.court_code)
    _check_served(offer)
    lot, taker = await _about(work, offer)
    if not await meet_deadline(
        work, "L-20", subject_kind="lot", subject_id=lot.id, done_event="in_kind.registry_notified"
    ):
        raise RuleViolation("B-73", msg("协助执行通知书已经发出。"))
    await issue_in_kind_registry_notice(work, offer, lot, taker, work.actor.name)
    await note_offer(work, offer, "in_kind.registry_notified")
    return offer


async def record_in_kind_delivery(work: Work, offer_id: UUID, *, note: str) -> InKindOffer:
    """Record the hand-over of the asset to the taker (B-72, L-21). Raises `InvalidInput`, `RuleViolation`, `NotPermitted`."""
    offer = await offer_for_update(work, offer_id)
    require(work.actor, Permission.RECORD_DELIVERY, court_code=offer.court_code)
    _check_served(offer)
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=2000)
    if fields:
        raise InvalidInput(msg("请填写交付笔录。"), fields=fields, rule="B-72")
    lot, taker = await _about(work, offer)
    asset = await work.session.get_one(Asset, offer.asset_id)
    if asset.state != AssetState.IN_KIND_RULED:
        raise RuleViolation("B-72", msg("标的物已经交付。"))
    await advance_lot_assets(work, lot, AssetState.DELIVERED, reason="抵债财产交付债权人", rule="B-72")
    await issue_in_kind_delivery(work, offer, lot, taker, work.actor.name, note)
    await meet_deadline(work, "L-21", subject_kind="lot", subject_id=lot.id, done_event="in_kind.delivered")
    await note_offer(work, offer, "in_kind.delivered")
    return offer


def _check_served(offer: InKindOffer) -> None:
    if offer.state != S.SERVED:
        raise RuleViolation("B-74", msg("抵债裁定尚未送达，不能办理过户和交付。"))


async def _about(work: Work, offer: InKindOffer) -> tuple[Lot, InKindInquiry]:
    lot = await work.session.get_one(Lot, offer.lot_id)
    return lot, await work.session.get_one(InKindInquiry, offer.taker_inquiry_id)

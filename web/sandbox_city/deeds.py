"""How robots do what the script asks: each deed is one call of the product's own use cases, by the post that may do it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace
from sqlmodel import col, select

from auction.delivery.hand_over import record_delivery
from auction.in_kind.answer import record_answer
from auction.in_kind.models import Answer
from auction.in_kind.queries import inquiries_of
from auction.in_kind.ruling import (
    record_in_kind_delivery,
    rule_in_kind,
    send_in_kind_registry_notice,
    serve_in_kind_ruling,
)
from auction.listing.defaults import as_newly_surveyed
from auction.listing.draft_lot import draft_lot, edit_draft
from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, PartyNotification
from auction.listing.next_round import proposed_times
from auction.listing.notify import notify_parties, record_notification
from auction.listing.panel import record_panel_decision
from auction.listing.publish_lot import publish_lot
from auction.payments.record_line import StatementLine, record_bank_line
from auction.registration.real_name import own_identity
from auction.registration.register import register_for_lot
from auction.settlement.default import declare_default
from auction.settlement.models import Settlement
from auction.settlement.ruling import issue_ruling, send_registry_notice, serve_ruling
from auction.suspension.end_stay import end_stays
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.suspension.resume import resume_lots
from core.clock import COURT_ZONE
from core.database import Work
from core.identity import SYSTEM
from core.identity.models import Account
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.surveys.conduct import begin_survey, complete_survey, record_finding
from disposal_teams.surveys.matrix import required_items
from web.demo_city.handing_over import handed_over
from web.sandbox_city.goods import goods_of
from web.sandbox_city.script import DAY, Deed, Standing, publication

PANEL = ["审判长沈某", "审判员陆某", "人民陪审员顾某"]

Do = Callable[[Work, Standing], Awaitable[UUID | None]]
"""Does a deed as `work.actor`; returns the robot's registration where it made one."""


async def decide(work: Work, standing: Standing) -> None:
    """The panel decides as proposed."""
    lot = await work.session.get(Lot, standing.lot_id) if standing.lot_id else None
    figures = lot or goods_of(standing)
    await record_panel_decision(
        work,
        standing.asset_id,
        starting_price_fen=figures.starting_price_fen,
        increment_fen=figures.increment_fen,
        deposit_fen=figures.deposit_fen,
        members=PANEL,
        minutes="合议庭一致同意按报请的起拍价、增价幅度和保证金上拍，并允许竞买人设置委托限价。",
        decided_on=work.now.astimezone(COURT_ZONE).date(),
        ceiling_bids_allowed=True,
    )


async def draft(work: Work, standing: Standing) -> None:
    """The team drafts the lot."""
    await draft_lot(work, standing.asset_id)


async def survey_again(work: Work, standing: Standing) -> None:
    """The team surveys once more, since the last survey grows too old (A-15). A draft that is ready says what it found."""
    asset = await work.session.get_one(Asset, standing.asset_id)
    survey = await begin_survey(work, asset, surveyor_names="团队两名成员")
    for item in required_items(AssetKind(asset.kind), asset.attributes):
        await record_finding(
            work,
            survey,
            item=item.code,
            finding="复查，与前次调查一致。",
            evidence_kind=min(item.evidence),
            evidence_ref="复查笔录（沙箱）",
        )
    await complete_survey(work, survey)
    if standing.notified_at is not None:
        lot = await work.session.get_one(Lot, standing.lot_id)
        await edit_draft(work, lot.id, disclosure=await as_newly_surveyed(work, lot))


async def prepare(work: Work, standing: Standing) -> None:
    """The team sets the times, answers what the checklist asks, and sends the notices to the parties."""
    lot = await work.session.get_one(Lot, standing.lot_id)
    publish_at = publication(standing, work.now, legal()) + DAY
    starts_at, ends_at = proposed_times(publish_at, lot, legal())
    disclosure = replace(await as_newly_surveyed(work, lot), no_surplus="surplus")
    await edit_draft(work, lot.id, starts_at=starts_at, ends_at=ends_at, disclosure=disclosure)
    await notify_parties(work, lot.id)


async def record_receipts(work: Work, standing: Standing) -> None:
    """The parties have signed for their notices."""
    notes = await work.session.exec(
        select(PartyNotification.id).where(
            PartyNotification.lot_id == standing.lot_id,
            col(PartyNotification.received_at).is_(None),
            col(PartyNotification.posted_at).is_(None),
            col(PartyNotification.waived).is_(False),
        )
    )
    for note_id in list(notes):
        await record_notification(work, note_id, received_at=work.now, proof="送达回证（沙箱）")


async def publish(work: Work, standing: Standing) -> None:
    """The team publishes the notice."""
    await publish_lot(work, _lot(standing))


async def enter(work: Work, standing: Standing) -> UUID:
    """A bidder enters the lot and pays the deposit from the own account."""
    entry = await register_for_lot(work, _lot(standing), accepts_rules=True)
    account = await work.session.get_one(Account, work.actor.account_id)
    lot = await work.session.get_one(Lot, standing.lot_id)
    await _credit(
        work, lot.court_code, entry.virtual_account_no, entry.deposit_due_fen, own_identity(account)[0]
    )
    return entry.id


async def stop(work: Work, standing: Standing) -> None:
    """The officer suspends the sale: the parties are settling."""
    await pause_lots(
        work,
        [_lot(standing)],
        kind=StayKind.SUSPENSION,
        ground="settlement",
        reason="双方正在协商分期履行，申请执行人书面申请中止。",
        approver="执行局局长",
        panel=PANEL,
        minutes="合议庭一致同意中止。",
    )


async def go_on(work: Work, standing: Standing) -> None:
    """The settlement came to nothing: the ground is gone, and the resumption is announced."""
    await end_stays(work, [_lot(standing)], note="和解未能达成，申请执行人请求继续拍卖。")
    await resume_lots(work, [_lot(standing)], reason="中止事由消失，恢复拍卖。", approver="执行局局长")


async def pay(work: Work, standing: Standing) -> None:
    """The buyer's balance arrives at the court's bank."""
    lot = await work.session.get_one(Lot, standing.lot_id)
    sale = await work.session.get_one(Settlement, standing.lot_id)
    missing = sale.balance_fen - sale.balance_paid_fen
    await _credit(work, lot.court_code, sale.virtual_account_no, missing, sale.buyer_name)


async def default(work: Work, standing: Standing) -> None:
    """The panel declares that the buyer has not paid."""
    await declare_default(work, _lot(standing), reason="price_regret")


async def rule(work: Work, standing: Standing) -> None:
    """The officer issues the ruling."""
    await issue_ruling(work, _lot(standing))


async def serve(work: Work, standing: Standing) -> None:
    """The officer serves the ruling."""
    await serve_ruling(work, _lot(standing))


async def tell_registry(work: Work, standing: Standing) -> None:
    """The officer asks the registry for the transfer."""
    await send_registry_notice(work, _lot(standing))


async def deliver(work: Work, standing: Standing) -> None:
    """The team hands the asset over."""
    lot = await work.session.get_one(Lot, _lot(standing))
    settlement = await work.session.get_one(Settlement, lot.id)
    await record_delivery(work, lot.id, handed_over(work, lot, settlement.buyer_name))


async def accept_in_kind(work: Work, standing: Standing) -> None:
    """The team records that the creditors accept on paper; the one of the best rank takes (B-74)."""
    for inquiry in await inquiries_of(work, _offer(standing)):
        if inquiry.answer is None:
            await record_answer(work, inquiry.id, answer=Answer.TAKE, proof="接受抵债的书面答复（沙箱）")


async def rule_taking(work: Work, standing: Standing) -> None:
    """The officer rules that the asset goes to the creditor."""
    await rule_in_kind(work, _offer(standing))


async def serve_taking(work: Work, standing: Standing) -> None:
    """The officer serves that ruling."""
    await serve_in_kind_ruling(work, _offer(standing))


async def tell_registry_of_taking(work: Work, standing: Standing) -> None:
    """The officer asks the registry to put the creditor in."""
    await send_in_kind_registry_notice(work, _offer(standing))


async def deliver_in_kind(work: Work, standing: Standing) -> None:
    """The team hands the asset over to the creditor."""
    await record_in_kind_delivery(work, _offer(standing), note="现场清点，标的物和随附证照交付承受人签收。")


async def replace_asset(work: Work, standing: Standing) -> None:
    """A new asset of the same scenario takes the place of one that is over."""
    goods = goods_of(standing, generations_later=1)
    await import_lots(work, [goods], stage=ImportStage.VALUED, is_demo=True)


async def _credit(work: Work, court_code: str, account_no: str, amount_fen: int, payer: str) -> None:
    if amount_fen <= 0:
        return
    bank = Work(work.session, SYSTEM, work.now)
    line = StatementLine(
        f"sandbox-{account_no}-{amount_fen}", account_no, amount_fen, payer, work.now - timedelta(seconds=1)
    )
    await record_bank_line(bank, court_code, line, is_demo=True)


def _offer(standing: Standing) -> UUID:
    assert standing.offer_id is not None
    return standing.offer_id


def _lot(standing: Standing) -> UUID:
    assert standing.lot_id is not None
    return standing.lot_id


DEEDS: dict[Deed, Do] = {
    Deed.DECIDE: decide,
    Deed.DRAFT: draft,
    Deed.SURVEY: survey_again,
    Deed.PREPARE: prepare,
    Deed.RECEIPTS: record_receipts,
    Deed.PUBLISH: publish,
    Deed.ENTER: enter,
    Deed.STOP: stop,
    Deed.GO_ON: go_on,
    Deed.PAY: pay,
    Deed.DEFAULT: default,
    Deed.RULE: rule,
    Deed.SERVE: serve,
    Deed.REGISTRY: tell_registry,
    Deed.DELIVER: deliver,
    Deed.ACCEPT: accept_in_kind,
    Deed.RULE_IN_KIND: rule_taking,
    Deed.SERVE_IN_KIND: serve_taking,
    Deed.REGISTRY_IN_KIND: tell_registry_of_taking,
    Deed.DELIVER_IN_KIND: deliver_in_kind,
    Deed.REPLACE: replace_asset,
}
"""Bids are not here: they go to the bidding desk (`robots.py`)."""

"""Publish a revocation: the ruling, the letter to the registry where it had been asked, and everybody told (§10, B-56, B-57)."""

from typing import Any
from uuid import UUID

from auction.listing.lot_paper import issue_lot_paper, lot_frame
from auction.listing.models import Lot
from auction.listing.parts import seals_to_lift
from auction.registration.models import Registration
from auction.registration.tell import tell_bidder
from auction.revocation.grounds import REVOCATION_GROUNDS
from auction.revocation.models import SaleRevocation
from auction.revocation.rules import REGISTRY_KNOWS
from auction.settlement.models import Settlement, SettlementState
from auction.suspension.tell import tell_bidders, tell_parties
from core.database import Work
from core.documents import Document
from core.i18n import msg
from core.identity import Role
from core.outbox import task
from disposal_teams.assets.models import Asset
from disposal_teams.courts.tell import tell_court

FOLDER = "auction/revocation/documents"


@task(queue="documents")
async def publish_revocation(work: Work, *, lot_id: UUID) -> None:
    """Issue 执行裁定书（撤销拍卖成交）, public as the confirmation was; ask the registry to undo what it was asked; tell all."""
    revocation = await work.session.get(SaleRevocation, lot_id, with_for_update=True)
    lot = await work.session.get(Lot, lot_id)
    settlement = await work.session.get(Settlement, lot_id)
    assert revocation is not None
    assert lot is not None
    assert settlement is not None
    before = SettlementState(revocation.settlement_state)
    ground = REVOCATION_GROUNDS[revocation.ground]
    data = {
        "ground": ground,
        "reason": revocation.reason,
        "basis": revocation.basis,
        "approver": revocation.approver,
        "panel": revocation.panel,
        "buyer": settlement.buyer_name,
        "buyer_code": settlement.buyer_code,
        "price_fen": settlement.price_fen,
        "was_ruled": before
        in {SettlementState.RULING_ISSUED, SettlementState.RULING_SERVED, *REGISTRY_KNOWS},
        "was_delivered": before is SettlementState.DELIVERED,
        "was_defaulted": before is SettlementState.DEFAULTED,
    }
    paper = await _issue(work, lot, "revocation_ruling", "revocation", data, public=True)
    revocation.document_id = paper.id
    if before in REGISTRY_KNOWS:
        seals = await seals_to_lift(work, lot)
        letter = await _issue(work, lot, "registry_restoration", "registry", {**data, "seals": seals})
        revocation.registry_document_id = letter.id
    await _tell(work, lot, settlement, ground, before)


async def _tell(work: Work, lot: Lot, settlement: Settlement, ground: str, before: SettlementState) -> None:
    key = f"revoked:{lot.id}"
    about = {"title": lot.title, "ground": msg(ground)}
    registration = await work.session.get(Registration, settlement.registration_id)
    assert registration is not None
    await tell_bidder(
        work,
        registration,
        key=f"{key}:buyer",
        title=msg("您竞得的标的物成交被撤销"),
        body=msg(
            "“{title}”的成交已被依法撤销（{ground}）。您已付的款项在 24 小时内原路退还；认为受到损失的，"
            "可以依法申请国家赔偿或者向责任人另行起诉。",
            **about,
        ),
    )
    await tell_bidders_of_revocation.later(work, key=str(lot.id), lot_id=lot.id)
    await tell_parties(
        work,
        lot,
        key=key,
        title=msg("成交被撤销"),
        body=msg("“{title}”的成交已被依法撤销（{ground}）。", **about),
    )
    await tell_court(
        work,
        lot.court_code,
        Role.CASE_OFFICER,
        Role.BUREAU_DIRECTOR,
        Role.FINANCE,
        key=key,
        title=msg("成交被撤销"),
        body=msg(
            "“{title}”的成交已被撤销（{ground}）。已通知登记机构的，请送达恢复登记的通知书；已交付的，请责令返还。",
            **about,
        )
        if before in REGISTRY_KNOWS
        else msg("“{title}”的成交已被依法撤销（{ground}）。", **about),
        link=f"/team/settlements/{lot.lot_no}",
    )


@task(queue="notices")
async def tell_bidders_of_revocation(work: Work, *, lot_id: UUID) -> None:
    """Tell everyone who had registered: the asset may come up again."""
    lot = await work.session.get(Lot, lot_id)
    assert lot is not None
    await tell_bidders(
        work,
        lot,
        key=f"revoked:{lot.id}",
        title=msg("成交被撤销"),
        body=msg("您报名过的“{title}”，其成交已被依法撤销。法院重新公告的，欢迎再次报名。", title=lot.title),
        but=lot.winning_registration_id,
    )


async def _issue(
    work: Work, lot: Lot, kind: str, template: str, data: dict[str, Any], *, public: bool = False
) -> Document:
    asset = await work.session.get_one(Asset, lot.asset_id)
    data = {
        **await lot_frame(work, lot),
        "asset_no": asset.asset_no,
        "registry_no": asset.registry_no or "",
        "location": asset.location,
        **data,
    }
    return await issue_lot_paper(work, lot, kind, f"{FOLDER}/{template}.typ", data, public=public)

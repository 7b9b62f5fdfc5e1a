"""Find transfers whose asset has been sold, and start the time in which the other court must be told (T-05)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.disposal_results.models import DisposalResult
from auction.disposal_results.rules import Share
from auction.in_kind.models import InKindOffer, OfferState
from auction.listing.models import Lot, LotPart
from auction.listing.parts import price_of_asset
from auction.settlement.models import Settlement, SettlementState
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, meet_deadline, open_deadline
from core.i18n import msg
from core.identity import Role
from core.legal_settings import legal
from disposal_teams.assets.models import Asset
from disposal_teams.assets.seal import seals_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.transfers.models import TransferRequest, TransferState

BATCH = 100
SOLD = [
    str(state)
    for state in (
        SettlementState.RULING_SERVED,
        SettlementState.TRANSFER_NOTICE_SENT,
        SettlementState.DELIVERED,
    )
]
_MOVED = [TransferState.CONSENTED, TransferState.DECIDED]

also_kept_in("T-05", table=DisposalResult, end="due_at", by="transfer_id")


@dataclass(frozen=True, slots=True)
class Sold:
    """How the asset of a transfer was sold."""

    lot: Lot
    price_fen: int
    ruled_on: date


async def sold_transfers(work: Work, *, limit: int = BATCH) -> list[UUID]:
    """Transfers whose asset is sold by a served ruling and of which no result has been opened."""
    known = select(DisposalResult.transfer_id).where(DisposalResult.transfer_id == TransferRequest.id)
    by_sale = (
        select(Lot.id)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .outerjoin(LotPart, col(LotPart.lot_id) == col(Lot.id))
        .where(
            func.coalesce(LotPart.asset_id, Lot.asset_id) == TransferRequest.asset_id,
            col(Settlement.state).in_(SOLD),
        )
    )
    in_kind = (
        select(InKindOffer.id)
        .outerjoin(LotPart, col(LotPart.lot_id) == col(InKindOffer.lot_id))
        .where(
            func.coalesce(LotPart.asset_id, InKindOffer.asset_id) == TransferRequest.asset_id,
            InKindOffer.state == OfferState.SERVED,
        )
    )
    rows = await work.session.exec(
        select(TransferRequest.id)
        .where(
            col(TransferRequest.state).in_(_MOVED),
            ~known.exists(),
            by_sale.exists() | in_kind.exists(),
        )
        .order_by(col(TransferRequest.requested_at))
        .limit(limit)
    )
    return list(rows)


async def how_sold(work: Work, asset_id: UUID) -> Sold | None:
    """The sale of the asset whose ruling has been served, or what was given in kind; of a mixed lot its own part (B-03)."""
    parts = select(LotPart.lot_id).where(LotPart.asset_id == asset_id)
    row = (
        await work.session.exec(
            select(Lot, Settlement)
            .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
            .where(
                (col(Lot.asset_id) == asset_id) | col(Lot.id).in_(parts),
                col(Settlement.state).in_(SOLD),
            )
            .order_by(col(Lot.created_at).desc())
        )
    ).first()
    if row is not None:
        lot, settlement = row
        served = settlement.ruling_served_at
        assert served is not None
        price_fen = await price_of_asset(work, lot, asset_id, settlement.price_fen)
        return Sold(lot, price_fen, served.astimezone(COURT_ZONE).date())
    offer = (
        await work.session.exec(
            select(InKindOffer).where(
                (col(InKindOffer.asset_id) == asset_id) | col(InKindOffer.lot_id).in_(parts),
                InKindOffer.state == OfferState.SERVED,
            )
        )
    ).first()
    if offer is None or offer.served_at is None:
        return None
    lot = await work.session.get_one(Lot, offer.lot_id)
    price_fen = await price_of_asset(work, lot, asset_id, offer.price_fen)
    return Sold(lot, price_fen, offer.served_at.astimezone(COURT_ZONE).date())


async def open_result(work: Work, transfer_id: UUID) -> DisposalResult | None:
    """Note the sale and start the clock. Running it again changes nothing; None when there is nothing to tell."""
    request = await work.session.get(TransferRequest, transfer_id, with_for_update=True)
    if request is None or request.state not in _MOVED:
        return None
    standing = await work.session.get(DisposalResult, transfer_id)
    sold = await how_sold(work, request.asset_id)
    if standing is not None or sold is None:
        return standing
    asset = await work.session.get_one(Asset, request.asset_id)
    courts = {request.first_court_code, request.requesting_court_code} - {asset.court_code}
    other = request.first_court_code if request.first_court_code in courts else min(courts)
    await meet_deadline(
        work, "T-06", subject_kind="transfer", subject_id=transfer_id, done_event="sale.ruling_served"
    )
    deadline = await open_deadline(
        work,
        "T-05",
        subject_kind="transfer",
        subject_id=transfer_id,
        days=legal().transfer_result_days,
        owner_role=Role.CASE_OFFICER,
        owner_court=asset.court_code,
        asset_id=asset.id,
        case_id=asset.case_id,
        lot_id=sold.lot.id,
    )
    result = DisposalResult(
        transfer_id=transfer_id,
        asset_id=asset.id,
        lot_id=sold.lot.id,
        case_id=sold.lot.case_id,
        court_code=asset.court_code,
        other_court=other,
        price_fen=sold.price_fen,
        ruled_on=sold.ruled_on,
        shares=[line.as_stored() for line in await chain_lines(work, request)],
        opened_at=work.now,
        due_at=deadline.due_at,
    )
    work.session.add(result)
    await record(
        work,
        "transfer.sold",
        stream=f"asset:{asset.id}",
        rule="T-05",
        asset_id=asset.id,
        lot_id=sold.lot.id,
        transfer=str(transfer_id),
        price_fen=sold.price_fen,
    )
    await tell_court(
        work,
        asset.court_code,
        Role.CASE_OFFICER,
        Role.BUREAU_DIRECTOR,
        key=f"transfer:{transfer_id}:sold",
        title=msg("请告知处置结果"),
        body=msg("“{title}”已成交并裁定，请在期限内向原处置法院告知处置结果和分配数额。", title=asset.title),
        link=f"/court/transfers/{transfer_id}/result",
    )
    return result


async def chain_lines(work: Work, request: TransferRequest) -> list[Share]:
    """One line for each seal of the chain, nothing divided yet."""
    return [
        Share(
            seal.position,
            seal.court_code,
            seal.case_no,
            seal.creditor_name,
            seal.claim_fen,
            seal.has_priority_right,
            0,
            seal.case_no == request.first_case_no,
        )
        for seal in await seals_of(work, request.asset_id)
    ]

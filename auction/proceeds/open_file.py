"""The money of a sale is there: open its file, with the clock of the payout, what it costs and who claims it (§11.5, L-33)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from auction.in_kind.models import InKindOffer, OfferState
from auction.listing.models import Lot
from auction.listing.parts import parts_of
from auction.proceeds.claims.collect import collect_claims
from auction.proceeds.find_costs import find_costs
from auction.proceeds.models import Proceeds, ProceedsSource
from auction.proceeds.queries import note_proceeds
from auction.self_sale.models import SelfSale, SelfSaleState
from auction.settlement.models import Settlement, SettlementState
from core.database import Work
from core.deadlines import open_deadline
from core.i18n import msg
from core.identity import Role
from core.ids import new_id
from core.legal_settings import legal
from core.money import split_by_weight
from core.outbox import task
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.tell import tell_court

UNPAID = frozenset({SettlementState.AWAIT_BALANCE, SettlementState.DEFAULTED, SettlementState.REVOKED})
BATCH = 100


@dataclass(frozen=True, slots=True)
class _Arrived:
    """Money that is there in full, and what was sold for it: the leading asset first, each with what it fetched."""

    asset_id: UUID
    lot_id: UUID | None
    case_id: UUID
    court_code: str
    title: str
    amount_fen: int
    parts: list[tuple[Asset, int]]
    at: datetime
    is_demo: bool


@task(queue="money")
async def open_proceeds(work: Work, *, source: str, source_id: UUID) -> None:
    """Open the file of money that has arrived. Repeating changes nothing."""
    standing = await work.session.exec(
        select(Proceeds.id).where(Proceeds.source == source, Proceeds.source_id == source_id)
    )
    if standing.first() is not None:
        return
    arrived = await _arrived(work, ProceedsSource(source), source_id)
    if arrived is None:
        return
    parties = await parties_of(work, arrived.case_id)
    proceeds = Proceeds(
        id=new_id(),
        source=source,
        source_id=source_id,
        asset_id=arrived.asset_id,
        lot_id=arrived.lot_id,
        case_id=arrived.case_id,
        court_code=arrived.court_code,
        title=arrived.title[:200],
        gross_fen=arrived.amount_fen,
        parts=[_part(asset, fetched) for asset, fetched in arrived.parts],
        debtor_is_company=any(
            each.role == PartyRole.DEBTOR and not each.is_natural_person for each in parties
        ),
        arrived_at=arrived.at,
        opened_at=work.now,
        is_demo=arrived.is_demo,
    )
    work.session.add(proceeds)
    await work.session.flush()
    await open_deadline(
        work,
        "L-33",
        subject_kind="proceeds",
        subject_id=proceeds.id,
        started_at=arrived.at,
        days=legal().payout_days,
        owner_role=Role.FINANCE,
        owner_court=proceeds.court_code,
        asset_id=proceeds.asset_id,
        case_id=proceeds.case_id,
        lot_id=proceeds.lot_id,
        trigger_event="proceeds.money_arrived",
    )
    await find_costs(work, proceeds)
    await collect_claims(work, proceeds, parties)
    await note_proceeds(
        work, proceeds, "proceeds.opened", "M-04", source=source, gross_fen=proceeds.gross_fen
    )
    await tell_court(
        work,
        proceeds.court_code,
        Role.CASE_OFFICER,
        Role.FINANCE,
        key=f"proceeds:{proceeds.id}",
        title=msg("案款到账，请办理分配和发放"),
        body=msg("“{title}”的款项已经到账，应在三十日内核算费用并发放。", title=proceeds.title),
        link=f"/team/proceeds/{proceeds.id}",
    )


def _part(asset: Asset, fetched: int) -> dict[str, Any]:
    return {
        "asset_id": str(asset.id),
        "asset_no": asset.asset_no,
        "title": asset.title,
        "gross_fen": fetched,
        "rent_due": asset.sole_home == "yes_with_rent_deduction",
    }


async def _arrived(work: Work, source: ProceedsSource, source_id: UUID) -> _Arrived | None:
    if source is ProceedsSource.SELF_SALE:
        return await _of_self_sale(work, source_id)
    if source is ProceedsSource.IN_KIND:
        return await _of_offer(work, source_id)
    settlement = await work.session.get(Settlement, source_id, with_for_update=True)
    lot = await work.session.get(Lot, source_id)
    if settlement is None or lot is None or SettlementState(settlement.state) in UNPAID:
        return None
    return await _of_lot(work, lot, settlement.price_fen, settlement.paid_full_at or work.now)


async def _of_lot(work: Work, lot: Lot, amount_fen: int, at: datetime) -> _Arrived:
    standing = await parts_of(work, lot)
    ids = [part.asset_id for part in standing] or [lot.asset_id]
    weights = [part.price_fen or part.reference_price_fen for part in standing] or [1]
    shares = split_by_weight(amount_fen, weights)
    assets = [await work.session.get_one(Asset, each) for each in ids]
    return _Arrived(
        lot.asset_id, lot.id, lot.case_id, lot.court_code, lot.title, amount_fen,
        list(zip(assets, shares, strict=True)), at, lot.is_demo,
    )  # fmt: skip


async def _of_offer(work: Work, offer_id: UUID) -> _Arrived | None:
    """What a creditor paid beside the own claim for an asset taken in kind (B-74)."""
    offer = await work.session.get(InKindOffer, offer_id, with_for_update=True)
    if offer is None or offer.state != OfferState.SERVED or offer.difference_paid_fen <= 0:
        return None
    lot = await work.session.get_one(Lot, offer.lot_id)
    return await _of_lot(work, lot, offer.difference_paid_fen, offer.served_at or work.now)


async def _of_self_sale(work: Work, sale_id: UUID) -> _Arrived | None:
    sale = await work.session.get(SelfSale, sale_id, with_for_update=True)
    if sale is None or sale.state not in (SelfSaleState.PAID, SelfSaleState.RELEASED):
        return None
    asset = await work.session.get_one(Asset, sale.asset_id)
    case = await case_of(work, sale.case_id)
    return _Arrived(
        asset.id, None, sale.case_id, sale.court_code, asset.title, sale.price_fen, [(asset, sale.price_fen)],
        sale.paid_at or work.now, case.is_demo,
    )  # fmt: skip


async def find_arrived(work: Work, *, limit: int = BATCH) -> list[tuple[ProceedsSource, UUID]]:
    """Money that is there and has no file yet: paid sales, differences of takings in kind, own sales."""
    found: list[tuple[ProceedsSource, UUID]] = []
    for source, query in (
        (
            ProceedsSource.SALE,
            select(Settlement.lot_id).where(
                col(Settlement.paid_full_at).is_not(None),
                col(Settlement.state).not_in([str(state) for state in UNPAID]),
                ~_has_file(ProceedsSource.SALE, col(Settlement.lot_id)),
            ),
        ),
        (
            ProceedsSource.IN_KIND,
            select(InKindOffer.id).where(
                InKindOffer.state == OfferState.SERVED,
                col(InKindOffer.difference_paid_fen) > 0,
                ~_has_file(ProceedsSource.IN_KIND, col(InKindOffer.id)),
            ),
        ),
        (
            ProceedsSource.SELF_SALE,
            select(SelfSale.id).where(
                col(SelfSale.state).in_([SelfSaleState.PAID, SelfSaleState.RELEASED]),
                ~_has_file(ProceedsSource.SELF_SALE, col(SelfSale.id)),
            ),
        ),
    ):
        found += [(source, each) for each in await work.session.exec(query.limit(limit))]
    return found


def _has_file(source: ProceedsSource, source_id: Any) -> Any:
    return select(Proceeds.id).where(Proceeds.source == source, Proceeds.source_id == source_id).exists()

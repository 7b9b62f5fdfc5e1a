"""Read own sales: for use cases (locked), for the debtor's page and for the court's."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.in_kind.queries import holding_offer
from auction.listing.models import LIVE_STATES, Lot, LotState
from auction.listing.parts import assets_of
from auction.listing.queries import lots_of_asset
from auction.self_sale.models import SelfSale, SelfSaleGround, SelfSaleState
from auction.self_sale.rules import OPEN_STATES, SaleFacts
from core.database import Work
from core.documents import Document, documents_of
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.assets.models import Asset, AssetKind, AssetState, SealState
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import CREDITORS, Party, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.objections.queries import forbids_disposal
from disposal_teams.transfers.request import has_open_transfer
from valuation.objections.queries import has_objected_to_price
from valuation.reference_price import reference_price_of

_DRAFTS = frozenset({LotState.DRAFT, LotState.NOTIFYING})
_FAILED = frozenset({LotState.FAILED, LotState.SELLOFF_FAILED})


async def sale_for_update(work: Work, sale_id: UUID) -> SelfSale:
    """An own sale, fresh and locked; for use cases that check permission themselves. Raises `NotFound`."""
    sale = (
        await work.session.exec(
            select(SelfSale)
            .where(SelfSale.id == sale_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).first()
    if sale is None:
        raise NotFound(msg("没有找到该自行变卖申请。"))
    return sale


async def sale_of_account(work: Work, account_no: str) -> SelfSale | None:
    """The own sale whose price is paid to this account number, locked."""
    rows = await work.session.exec(
        select(SelfSale)
        .where(SelfSale.virtual_account_no == account_no)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.first()


async def sales_of_asset(work: Work, asset_id: UUID) -> list[SelfSale]:
    """Every own sale of an asset, newest first."""
    rows = await work.session.exec(
        select(SelfSale)
        .where(SelfSale.asset_id == asset_id)
        .order_by(col(SelfSale.filed_at).desc(), col(SelfSale.id).desc())
    )
    return list(rows)


async def own_sales(work: Work, *, limit: int = 50) -> list[tuple[SelfSale, Asset]]:
    """The own sales of the debtor who acts, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(SelfSale, Asset)
        .join(Asset, col(Asset.id) == col(SelfSale.asset_id))
        .join(Party, col(Party.id) == col(SelfSale.debtor_party_id))
        .where(Party.account_id == work.actor.account_id)
        .order_by(col(SelfSale.filed_at).desc())
        .limit(limit)
    )
    return list(rows.all())


async def own_assets(work: Work, *, limit: int = 50) -> Sequence[Asset]:
    """The assets for which the debtor who acts may ask now."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(Asset)
        .join(Party, col(Party.case_id) == col(Asset.case_id))
        .where(
            Party.account_id == work.actor.account_id,
            Party.role == PartyRole.DEBTOR,
            col(Asset.state).in_([str(state) for state in OPEN_STATES]),
        )
        .order_by(col(Asset.id).desc())
        .limit(limit)
    )
    return list(rows)


async def creditors_of(work: Work, case_id: UUID) -> list[Party]:
    """The known creditors of the case: whose consent counts."""
    return [party for party in await parties_of(work, case_id) if party.role in CREDITORS]


async def facts_of(work: Work, asset: Asset, debtor: Party) -> SaleFacts:
    """What the rules look at."""
    runs = await lots_of_asset(work, asset.id)
    failed = [run for run in runs if LotState(run.state) in _FAILED]
    price = await reference_price_of(work, asset.id)
    case = await case_of(work, asset.case_id)
    alive = [*IN_FORCE, SealState.WAITING]
    others = sum(
        seal.claim_fen
        for seal in await seals_of(work, asset.id)
        if SealState(seal.state) in alive and seal.case_no != case.case_no
    )
    before = await sales_of_asset(work, asset.id)
    return SaleFacts(
        kind=AssetKind(asset.kind),
        state=AssetState(asset.state),
        reference_fen=price.price_fen if price else None,
        lowest_start_fen=price.lowest_start_fen if price else None,
        failures=len(failed),
        failed_fen=await _failed_price(work, failed),
        claims_fen=case.claim_fen + others,
        is_live=any(LotState(run.state) in LIVE_STATES - _DRAFTS for run in runs),
        has_open_transfer=await has_open_transfer(work, asset.id),
        has_open_inquiry=await holding_offer(work, asset.id) is not None,
        is_objected=await forbids_disposal(work, asset.id) is not None,
        has_objected_to_report=await has_objected_to_price(work, asset.id, debtor.id),
        tried=[SelfSaleGround(each.ground) for each in before if each.state == SelfSaleState.EXPIRED],
    )


async def _failed_price(work: Work, failed: list[Lot]) -> int | None:
    """The starting price of the last failed run of the asset alone: a mixed lot has no price for each of its assets."""
    for run in reversed(failed):
        if len(await assets_of(work, run)) == 1:
            return run.starting_price_fen
    return None


async def papers_of_sale(work: Work, sale: SelfSale) -> list[Document]:
    """The papers of one own sale, newest first."""
    subject = f"self_sale:{sale.id}"
    papers = await documents_of(work, asset_id=sale.asset_id)
    return [paper for paper in papers if paper.subject == subject]

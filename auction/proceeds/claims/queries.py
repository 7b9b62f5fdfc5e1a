"""Read claims: of a distribution, of a person, of an asset before its sale."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot
from auction.proceeds.claims.models import ClaimState, DistributionClaim
from auction.proceeds.claims.rules import window_closed
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.plan.models import DistributionPlan
from auction.proceeds.queries import owned_since
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.legal_settings import legal
from disposal_teams.assets.models import Asset


async def claims_of(
    work: Work, proceeds_id: UUID, *, only: ClaimState | None = None
) -> list[DistributionClaim]:
    """The claims of a distribution in the order in which they came."""
    query = select(DistributionClaim).where(DistributionClaim.proceeds_id == proceeds_id)
    if only is not None:
        query = query.where(DistributionClaim.state == str(only))
    rows = await work.session.exec(
        query.order_by(col(DistributionClaim.submitted_at), col(DistributionClaim.id))
    )
    return list(rows)


async def claim_for_update(work: Work, claim_id: UUID) -> DistributionClaim:
    """A claim, locked. Raises `NotFound`."""
    claim = await work.session.get(DistributionClaim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None:
        raise NotFound(msg("没有找到该项债权。"))
    return claim


async def own_claims_on_money(work: Work, *, limit: int = 100) -> list[tuple[DistributionClaim, str]]:
    """The actor's claims with what they are on, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(DistributionClaim, Asset.title)
        .join(Asset, col(Asset.id) == col(DistributionClaim.asset_id))
        .where(DistributionClaim.account_id == work.actor.account_id)
        .order_by(col(DistributionClaim.submitted_at).desc())
        .limit(limit)
    )
    return [(claim, title) for claim, title in rows.all()]


@dataclass(frozen=True, slots=True)
class Window:
    """Whether one may still join the distribution of an asset's money."""

    cutoff: str
    is_closed: bool
    proceeds: Proceeds | None


async def window_of(work: Work, asset: Asset) -> Window:
    """The window of an asset, by the policy of the settings (D-22)."""
    cutoff = legal().participation_cutoff
    found = await work.session.exec(
        select(Proceeds)
        .where(Proceeds.asset_id == asset.id, Proceeds.state != ProceedsState.REVOKED)
        .order_by(col(Proceeds.opened_at).desc())
    )
    proceeds = found.first()
    lot = (
        await work.session.exec(
            select(Lot).where(Lot.asset_id == asset.id).order_by(col(Lot.created_at).desc())
        )
    ).first()
    ended = lot.ended_at if lot is not None and lot.state == "sold" else None
    if proceeds is None:
        closed = window_closed(cutoff, ruling_served_at=None, plan_served_at=None, bidding_ended_at=ended)
        return Window(cutoff, closed, None)
    served = await work.session.exec(
        select(DistributionPlan.served_at)
        .where(DistributionPlan.proceeds_id == proceeds.id, col(DistributionPlan.served_at).is_not(None))
        .order_by(col(DistributionPlan.version))
    )
    closed = window_closed(
        cutoff,
        ruling_served_at=await owned_since(work, proceeds),
        plan_served_at=served.first() or proceeds.final_at,
        bidding_ended_at=ended,
    )
    return Window(cutoff, closed, proceeds)

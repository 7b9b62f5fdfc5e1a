"""Read requests for supervision: the court above, and the person that asked."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from valuation.models import Valuation, ValuationMethod
from valuation.supervision.models import PriceSupervision
from valuation.supervision.rules import grounds_for


@dataclass(frozen=True, slots=True)
class SupervisionRow:
    """A request with what it is about."""

    request: PriceSupervision
    valuation: Valuation
    asset: Asset
    party: Party


async def supervision_rows(work: Work, *, limit: int = 100) -> list[SupervisionRow]:
    """The requests before the court above: open ones first, by their end; then the newest decided ones."""
    require(work.actor, Permission.ORDER_COURTS)
    rows = await work.session.exec(
        select(PriceSupervision, Valuation, Asset, Party)
        .join(Valuation, col(Valuation.id) == col(PriceSupervision.valuation_id))
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .join(Party, col(Party.id) == col(PriceSupervision.party_id))
        .order_by(
            col(PriceSupervision.outcome).is_not(None),
            col(PriceSupervision.decided_at).desc(),
            col(PriceSupervision.due_at),
        )
        .limit(limit)
    )
    return [SupervisionRow(*row) for row in rows.all()]


@dataclass(frozen=True, slots=True)
class OwnSupervision:
    """What a person of the case sees: the price and the own requests, newest first."""

    valuation: Valuation
    asset: Asset
    party: Party
    requests: list[PriceSupervision]

    @property
    def grounds(self) -> list[str]:
        """The grounds that fit the way to this price."""
        return [str(each) for each in grounds_for(ValuationMethod(self.valuation.method))]


async def own_supervision(work: Work, valuation_id: UUID) -> OwnSupervision:
    """For the person of the case that is asking. Raises `NotFound` for everybody else, and where there is no price yet."""
    valuation = await work.session.get(Valuation, valuation_id)
    asset = await work.session.get(Asset, valuation.asset_id) if valuation else None
    if valuation is not None and asset is not None and work.actor.account_id is not None:
        found = await work.session.exec(
            select(Party).where(Party.case_id == asset.case_id, Party.account_id == work.actor.account_id)
        )
        party = found.first()
        if party is not None and valuation.price_fen is not None:
            requests = await work.session.exec(
                select(PriceSupervision)
                .where(PriceSupervision.valuation_id == valuation_id, PriceSupervision.party_id == party.id)
                .order_by(col(PriceSupervision.filed_at).desc())
            )
            return OwnSupervision(valuation, asset, party, list(requests))
    raise NotFound(msg("没有找到该参考价，或您不是该案当事人。"))

"""What a person of a case sees of the searches for prices that concern it: where each stands, and what may be done now."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from valuation.agreement.invite import NEGOTIATING_ROLES
from valuation.appraisal.models import ResultService
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.selection.models import AppraiserSelection, SelectionState


@dataclass(frozen=True, slots=True)
class OwnMatter:
    """One search that concerns the reader. `link`: the page where something is to be seen or done; None while there is none."""

    valuation: Valuation
    asset: Asset
    party: Party
    service: ResultService | None
    link: str | None

    @property
    def shown_fen(self) -> int | None:
        """The price, once the reader may know it: served, or fixed."""
        may_know = self.service is not None or self.valuation.state == ValuationState.FIXED
        return self.valuation.price_fen if may_know else None


async def own_matters(work: Work, *, limit: int = 100) -> list[OwnMatter]:
    """The newest first; of a search and the one that issued its price anew, the current one. Empty without an account."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(Valuation, Asset, Party)
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .join(Party, col(Party.case_id) == col(Asset.case_id))
        .where(Party.account_id == work.actor.account_id, Valuation.is_current)
        .order_by(col(Valuation.started_at).desc())
        .limit(limit)
    )
    found = []
    for valuation, asset, party in rows.all():
        service = await _service(work, valuation.id, party.id)
        found.append(
            OwnMatter(valuation, asset, party, service, await _link(work, valuation, party, service))
        )
    return found


async def _service(work: Work, valuation_id: UUID, party_id: UUID) -> ResultService | None:
    rows = await work.session.exec(
        select(ResultService).where(
            ResultService.valuation_id == valuation_id,
            ResultService.party_id == party_id,
            col(ResultService.is_superseded).is_(False),
        )
    )
    return rows.first()


async def _link(work: Work, valuation: Valuation, party: Party, service: ResultService | None) -> str | None:
    if service is not None:
        return f"/my/reports/{valuation.id}"
    negotiates = party.role in NEGOTIATING_ROLES
    if valuation.method == ValuationMethod.AGREEMENT and negotiates:
        return f"/my/prices/{valuation.id}"
    if valuation.state == ValuationState.APPRAISER_SELECTION and negotiates:
        rows = await work.session.exec(
            select(AppraiserSelection.id).where(
                AppraiserSelection.valuation_id == valuation.id,
                AppraiserSelection.state == SelectionState.AGREEING,
            )
        )
        selection_id = rows.first()
        return f"/my/appraisers/{selection_id}" if selection_id is not None else None
    if valuation.state == ValuationState.FIXED:
        return f"/my/price-reviews/{valuation.id}"
    return None

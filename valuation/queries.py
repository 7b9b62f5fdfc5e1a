"""Read valuations."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from valuation.appraisal.models import AppraisalReport, ResultService
from valuation.models import Valuation


async def valuation_for_update(work: Work, valuation_id: UUID) -> tuple[Valuation, Asset]:
    """The valuation, locked, and its asset; for use cases that check permission themselves. Raises `NotFound`."""
    valuation = (
        await work.session.exec(select(Valuation).where(Valuation.id == valuation_id).with_for_update())
    ).first()
    if valuation is None:
        raise NotFound(msg("没有找到该参考价程序。"))
    asset = await work.session.get(Asset, valuation.asset_id)
    assert asset is not None  # a foreign key says so
    return valuation, asset


async def asset_of_valuation(work: Work, valuation_id: UUID) -> Asset:
    """The asset that a valuation is about. Raises `NotFound`."""
    valuation = await work.session.get(Valuation, valuation_id)
    asset = await work.session.get(Asset, valuation.asset_id) if valuation is not None else None
    if asset is None:
        raise NotFound(msg("没有找到该参考价程序。"))
    return asset


async def current_valuation(work: Work, asset_id: UUID) -> Valuation | None:
    """The current valuation of the asset, if one was begun."""
    return (
        await work.session.exec(select(Valuation).where(Valuation.asset_id == asset_id, Valuation.is_current))
    ).first()


@dataclass(frozen=True, slots=True)
class ValuationFile:
    """Everything the valuation page of an asset shows. `services` pairs each person with the service, if sent."""

    asset: Asset
    valuation: Valuation | None
    reports: list[AppraisalReport]
    services: list[tuple[Party, ResultService | None]]


async def valuation_file(work: Work, asset_id: UUID) -> ValuationFile:
    """The valuation file of an asset for people of its court (P-03). Raises `NotFound`, `NotPermitted`."""
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.SEE_COURT_FILES, court_code=asset.court_code)
    valuation = await current_valuation(work, asset_id)
    reports: list[AppraisalReport] = []
    served: dict[UUID, ResultService] = {}
    if valuation is not None:
        reports = list(
            await work.session.exec(
                select(AppraisalReport)
                .where(AppraisalReport.valuation_id == valuation.id)
                .order_by(col(AppraisalReport.entered_at).desc())
            )
        )
        served = {
            service.party_id: service
            for service in await work.session.exec(
                select(ResultService).where(ResultService.valuation_id == valuation.id)
            )
        }
    parties = await work.session.exec(
        select(Party).where(Party.case_id == asset.case_id).order_by(Party.role, col(Party.id))
    )
    return ValuationFile(asset, valuation, reports, [(party, served.get(party.id)) for party in parties])

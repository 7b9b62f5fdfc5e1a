"""Read valuations."""

from uuid import UUID

from sqlmodel import select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.assets.models import Asset
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

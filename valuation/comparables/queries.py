"""Read the evidence of an asset."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlmodel import col, select

from core.database import Work
from valuation.comparables.measures import Evaluation
from valuation.comparables.models import PriceModel, PriceOutlook
from valuation.comparables.neighbours import Neighbour


@dataclass(frozen=True, slots=True)
class Outlook:
    """An asset's outlook with the model's record. The caller decides who may see it."""

    outlook: PriceOutlook
    model: PriceModel
    evaluation: Evaluation | None
    neighbours: list[Neighbour]
    drivers: list[dict[str, Any]]


async def outlook_of(work: Work, asset_id: UUID) -> Outlook | None:
    """The newest outlook of an asset; None before the first refresh."""
    outlook = await work.session.get(PriceOutlook, asset_id)
    if outlook is None:
        return None
    model = await work.session.get_one(PriceModel, outlook.model_id)
    return Outlook(
        outlook,
        model,
        msgspec.convert(model.metrics, Evaluation) if model.metrics is not None else None,
        msgspec.convert(outlook.neighbours, list[Neighbour]),
        outlook.drivers,
    )


async def newest_model(work: Work, market: str = "cn") -> PriceModel | None:
    """The newest model's record."""
    rows = await work.session.exec(
        select(PriceModel)
        .where(PriceModel.market == market)
        .order_by(col(PriceModel.trained_at).desc())
        .limit(1)
    )
    return rows.first()

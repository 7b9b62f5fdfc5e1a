"""Train on what has been sold, test it over time, and tell each asset before its sale what to expect."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.ids import new_id
from disposal_teams.assets.models import Asset, AssetState
from valuation.comparables.features import Known, Sold
from valuation.comparables.measures import Evaluation
from valuation.comparables.models import PriceModel, PriceOutlook
from valuation.comparables.neighbours import Neighbour, nearest
from valuation.comparables.records import sales_of
from valuation.models import Valuation, ValuationState

if TYPE_CHECKING:
    from valuation.comparables.fit import Fitted, Forecast

WATCHED = (AssetState.VALUATION, AssetState.READY_TO_LIST, AssetState.LISTED, AssetState.SUSPENDED)
MOST_DRIVERS = 5
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class _Told:
    forecast: "Forecast"
    neighbours: list[Neighbour]
    drivers: list[tuple[str, float]]


async def refresh_outlooks(work: Work, *, market: str = "cn") -> PriceModel | None:
    """Train, evaluate and write the outlook of every asset on its way to a sale. None while nothing has been sold.

    Where the model does not beat the baseline on later sales, the outlook is the baseline's, with the interval measured for
    it: nobody is shown more than is known.
    """
    sales = await sales_of(work, market)
    if not sales:
        return None
    evaluation, fitted = await asyncio.to_thread(_learn, sales)
    model = PriceModel(
        id=new_id(),
        market=market,
        trained_at=work.now,
        rows=len(sales),
        beats_baseline=evaluation is not None and evaluation.beats_baseline,
        metrics=msgspec.to_builtins(evaluation) if evaluation is not None else None,
    )
    work.session.add(model)
    await work.session.flush()
    await record(
        work,
        "price_model.trained",
        stream=f"price_model:{market}",
        rows=len(sales),
        beats_baseline=model.beats_baseline,
        metrics=model.metrics,
    )
    if market == "cn":
        await _write_outlooks(work, model, fitted, sales)
    return model


def _learn(sales: Sequence[Sold]) -> tuple[Evaluation | None, "Fitted"]:
    # Loading the learning library takes as long as everything else a worker loads: only who trains pays for it.
    from valuation.comparables.evaluate import evaluate
    from valuation.comparables.fit import fit

    evaluation = evaluate(sales)
    fitted = fit(sales)
    if evaluation is None or not evaluation.beats_baseline:
        fitted = fit(sales, trees_allowed=False)
    return evaluation, fitted


async def _write_outlooks(work: Work, model: PriceModel, fitted: "Fitted", sales: Sequence[Sold]) -> None:
    after: UUID | None = None
    while True:
        query = (
            select(Asset, Valuation.price_fen)
            .outerjoin(
                Valuation,
                (col(Valuation.asset_id) == col(Asset.id))
                & col(Valuation.is_current)
                & (col(Valuation.state) == ValuationState.FIXED),
            )
            .where(col(Asset.state).in_(WATCHED))
            .order_by(col(Asset.id))
            .limit(BATCH)
        )
        if after is not None:
            query = query.where(col(Asset.id) > after)
        assets = (await work.session.exec(query)).all()
        if not assets:
            return
        today = work.now.astimezone(COURT_ZONE).date()
        lots = [
            Known(
                kind=asset.kind,
                region=asset.district,
                area_m2=float(asset.area_m2) if asset.area_m2 is not None else None,
                round="first",
                reference_fen=reference,
                on=today,
            )
            for asset, reference in assets
        ]
        told = await asyncio.to_thread(_tell, fitted, lots, sales)
        rows = [
            {
                "asset_id": asset.id,
                "model_id": model.id,
                "computed_at": work.now,
                "low_fen": each.forecast.low_fen,
                "mid_fen": each.forecast.mid_fen,
                "high_fen": each.forecast.high_fen,
                "baseline_fen": each.forecast.baseline_fen,
                "neighbours": msgspec.to_builtins(each.neighbours),
                "drivers": [{"name": name, "percent": round(percent, 1)} for name, percent in each.drivers],
            }
            for (asset, _), each in zip(assets, told, strict=True)
        ]
        statement = insert(PriceOutlook).values(rows)
        await work.session.execute(
            statement.on_conflict_do_update(
                index_elements=["asset_id"],
                set_={name: statement.excluded[name] for name in rows[0] if name != "asset_id"},
            )
        )
        after = assets[-1][0].id


def _tell(fitted: "Fitted", lots: Sequence[Known], sales: Sequence[Sold]) -> list[_Told]:
    return [
        _Told(forecast, nearest(known, sales), drivers[:MOST_DRIVERS])
        for known, forecast, drivers in zip(lots, fitted.forecasts(lots), fitted.drivers(lots), strict=True)
    ]

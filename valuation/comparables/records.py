"""Keep what was sold, here or elsewhere, as evidence."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from core.database import Work
from core.ids import new_id
from valuation.comparables.features import Known, Sold
from valuation.comparables.models import SaleRecord

OWN = "own"
BATCH = 1_000


async def remember_sales(work: Work, rows: Sequence[dict[str, Any]]) -> int:
    """Store sales given as columns of `SaleRecord`; known ones stay as they are. Returns how many are new."""
    added = 0
    for start in range(0, len(rows), BATCH):
        result = await work.session.execute(
            insert(SaleRecord)
            .values([{"id": new_id(), **row} for row in rows[start : start + BATCH]])
            .on_conflict_do_nothing(constraint="sale_record_source")
            .returning(col(SaleRecord.id))
        )
        added += len(result.all())
    return added


async def forget_sales(work: Work, keys: Collection[str], *, source: str = OWN) -> None:
    """Take sales out that were undone (default, revocation)."""
    await work.session.execute(
        delete(SaleRecord).where(col(SaleRecord.source) == source, col(SaleRecord.source_key).in_(list(keys)))
    )


async def sales_of(work: Work, market: str = "cn") -> list[Sold]:
    """Every sale of a market, as the model takes it."""
    rows = await work.session.exec(
        select(SaleRecord)
        .where(SaleRecord.market == market)
        .order_by(col(SaleRecord.source), col(SaleRecord.source_key))
    )
    return [
        Sold(
            Known(
                kind=row.kind,
                region=row.region,
                area_m2=float(row.area_m2) if row.area_m2 is not None else None,
                built_year=row.built_year,
                rooms=row.rooms,
                round=row.round,
                reference_fen=row.reference_fen,
                on=row.sold_on,
            ),
            row.price_fen,
            f"{row.source}:{row.source_key}",
            row.title,
        )
        for row in rows
    ]

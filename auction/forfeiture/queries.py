"""Read forfeited deposits."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.forfeiture.models import ForfeitedDeposit, ForfeitState
from auction.forfeiture.result import Result, result_after
from auction.forfeiture.rules import shortfall_fen
from core.database import Work


@dataclass(frozen=True, slots=True)
class ForfeitFile:
    """A forfeited deposit with the result, if it is known, and the shortfall to make good, in fen."""

    forfeited: ForfeitedDeposit
    result: Result | None
    shortfall_fen: int


async def forfeit_file(work: Work, lot_id: UUID) -> ForfeitFile | None:
    """The forfeited deposit of a lot; the caller has opened the sale's file."""
    forfeited = await work.session.get(ForfeitedDeposit, lot_id)
    if forfeited is None:
        return None
    result = await result_after(work, forfeited)
    return ForfeitFile(forfeited, result, await open_shortfall_fen(work, forfeited, result))


async def open_shortfall_fen(work: Work, forfeited: ForfeitedDeposit, result: Result | None) -> int:
    """The shortfall of the failed sale against the result, less what other defaults on the asset have made good of it."""
    if result is None or result.price_fen is None:
        return 0
    others = await work.session.exec(
        select(func.coalesce(func.sum(ForfeitedDeposit.used_shortfall_fen), 0)).where(
            ForfeitedDeposit.asset_id == forfeited.asset_id,
            ForfeitedDeposit.lot_id != forfeited.lot_id,
            ForfeitedDeposit.result_lot_id == result.lot_id,
        )
    )
    return shortfall_fen(forfeited.failed_price_fen, result.price_fen, made_good_fen=int(others.one()))


async def held_deposits(work: Work, *, limit: int = 100) -> list[ForfeitedDeposit]:
    """Deposits whose result nobody has been told of yet."""
    rows = await work.session.exec(
        select(ForfeitedDeposit)
        .where(ForfeitedDeposit.state == ForfeitState.HELD)
        .order_by(col(ForfeitedDeposit.created_at))
        .limit(limit)
    )
    return list(rows)

"""The public, permanent list of ended lots (B-48, B-49)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select

from auction.listing.models import Lot, LotState, Round
from auction.settlement.models import Settlement
from core.database import Work
from core.errors import InvalidInput
from core.i18n import msg

PAGE = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Outcome(StrEnum):
    """How a run ended."""

    SOLD = "sold"
    FAILED = "failed"
    SELLOFF_FAILED = "selloff_failed"
    WITHDRAWN = "withdrawn"
    DEFAULTED = "defaulted"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Result:
    """An ended lot; `buyer_name` is known once the confirmation has been published (B-48)."""

    lot: Lot
    buyer_name: str | None
    buyer_code: str | None

    @property
    def premium_percent(self) -> float | None:
        """How far the price went above the starting price, in percent."""
        if self.lot.final_price_fen is None:
            return None
        return (self.lot.final_price_fen - self.lot.starting_price_fen) * 100 / self.lot.starting_price_fen


@dataclass(frozen=True, slots=True)
class Results:
    """One page of the list; `next_after` continues it."""

    rows: list[Result]
    next_after: str | None


async def ended_lots(
    work: Work,
    *,
    outcome: Outcome | None = None,
    round_: Round | None = None,
    court_code: str | None = None,
    after: str = "",
    limit: int = PAGE,
) -> Results:
    """Ended lots, newest first. Raises `InvalidInput` for a mark that no page gave."""
    wanted = [str(outcome)] if outcome else [str(each) for each in Outcome]
    query = (
        select(Lot, Settlement.buyer_name, Settlement.buyer_code)
        .outerjoin(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(
            col(Lot.state).in_(wanted),
            col(Lot.published_at).is_not(None),
            col(Lot.ended_at).is_not(None),
            col(Lot.is_practice).is_(False),
        )
    )
    if round_ is not None:
        query = query.where(Lot.round == str(round_))
    if court_code is not None:
        query = query.where(Lot.court_code == court_code)
    if after:
        query = query.where(tuple_(col(Lot.ended_at), col(Lot.id)) < tuple_(*_read_mark(after)))
    found = list(
        (
            await work.session.exec(
                query.order_by(col(Lot.ended_at).desc(), col(Lot.id).desc()).limit(limit + 1)
            )
        ).all()
    )
    rows = [
        Result(lot, name if lot.state == LotState.SOLD else None, code) for lot, name, code in found[:limit]
    ]
    return Results(rows, _mark(rows[-1].lot) if len(found) > limit else None)


def _mark(lot: Lot) -> str:
    assert lot.ended_at is not None
    return f"{(lot.ended_at - _EPOCH) // timedelta(microseconds=1)}-{lot.id.hex}"


def _read_mark(mark: str) -> tuple[datetime, UUID]:
    try:
        number, _, key = mark.partition("-")
        return _EPOCH + timedelta(microseconds=int(number)), UUID(hex=key)
    except (ValueError, OverflowError):
        raise InvalidInput(msg("翻页位置无效，请从第一页重新开始。")) from None

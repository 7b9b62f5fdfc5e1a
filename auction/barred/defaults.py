"""The default list (悔拍名单): read from the sales that were not paid for, never written by hand (B-34, B-81)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.barred.check import on_default_list_until
from auction.barred.rules import deposit_hint
from auction.listing.models import Lot, LotState
from auction.settlement.models import Settlement, SettlementState
from core.database import Work
from core.i18n import Message
from core.identity import Permission, require
from core.legal_settings import legal


@dataclass(frozen=True, slots=True)
class Default:
    """One default: the sale, the buyer as published with the confirmation (B-48), and how long it stays on the list."""

    lot: Lot
    settlement: Settlement
    until: datetime

    def is_listed(self, now: datetime) -> bool:
        """Whether it still counts beyond its own asset."""
        return now < self.until


async def default_list(work: Work, *, limit: int = 200) -> list[Default]:
    """Every default in the city, newest first, for people of the courts."""
    require(work.actor, Permission.SEE_COURT_FILES)
    rows = await work.session.exec(
        select(Lot, Settlement)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(Lot.state == LotState.DEFAULTED, Settlement.state == SettlementState.DEFAULTED)
        .order_by(col(Settlement.defaulted_at).desc())
        .limit(limit)
    )
    return [
        Default(lot, sale, on_default_list_until(sale.defaulted_at or sale.created_at))
        for lot, sale in rows.all()
    ]


async def deposit_hint_for(work: Work, asset_id: UUID) -> tuple[str, Message]:
    """The deposit (percent of the starting price) to propose for the asset's next run, and why (B-30, B-35)."""
    defaults = await work.session.exec(
        select(func.count()).select_from(Lot).where(Lot.asset_id == asset_id, Lot.state == LotState.DEFAULTED)
    )
    settings = legal()
    return deposit_hint(
        defaults.one(),
        usual_percent=settings.deposit_default_percent,
        raised_percent=settings.re_auction_deposit_percent,
    )

"""What becomes of the old court's drafts, panel records and moneys when another court disposes of the asset (T-05, §11.7)."""

from sqlalchemy import update
from sqlmodel import col, select

from auction.listing.advance import advance_lot
from auction.listing.models import Lot, LotState, PanelDecision
from core.database import Work
from core.ledger import account_balances
from disposal_teams.assets.follow_court import Followed, Money, on_court_changed
from disposal_teams.assets.models import Asset

_DRAFTS = [str(LotState.DRAFT), str(LotState.NOTIFYING)]


@on_court_changed
async def void_drafts(work: Work, asset: Asset, before: str, followed: Followed) -> None:
    """Unpublished drafts are void, and so are panel records that no lot has taken over: the new court's panel decides (B-03).

    Money that runs were paid with stays where it is; the sheet says what, so that both courts can settle it.
    """
    runs = await work.session.exec(
        select(Lot).where(Lot.asset_id == asset.id, col(Lot.court_code) == before).order_by(col(Lot.id))
    )
    for lot in list(runs):
        if lot.state in _DRAFTS:
            lot.ended_reason, lot.ended_at = "transferred", work.now
            await advance_lot(
                work, lot, LotState.WITHDRAWN, event="lot.withdrawn", rule="T-05", ground="transferred"
            )
            followed.counts["drafts_voided"] += 1
        followed.money += [
            Money(account.code, account.kind, -account.balance_fen)
            for account in await account_balances(work, lot_id=lot.id)
            if account.balance_fen < 0
        ]
    voided = await work.session.execute(
        update(PanelDecision)
        .where(
            col(PanelDecision.asset_id) == asset.id,
            col(PanelDecision.lot_id).is_(None),
            col(PanelDecision.voided_at).is_(None),
        )
        .values(voided_at=work.now)
        .returning(col(PanelDecision.id))
    )
    followed.counts["panel_records_voided"] += len(voided.all())

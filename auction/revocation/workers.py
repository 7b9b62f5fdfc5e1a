"""Background work of revocation: what a lost message left undone is found by its rows."""

from sqlmodel import col, select

from auction.revocation.models import SaleRevocation
from auction.revocation.publish import publish_revocation, tell_bidders_of_revocation
from auction.revocation.reverse import restore_asset, return_money
from core.database import Work
from core.outbox import every

__all__ = [
    "find_unreversed",
    "publish_revocation",
    "restore_asset",
    "return_money",
    "tell_bidders_of_revocation",
]


@every(seconds=60)
async def find_unreversed(work: Work) -> None:
    """Give revoked sales whose effects still stand their messages again."""
    rows = await work.session.exec(
        select(SaleRevocation.lot_id)
        .where(
            col(SaleRevocation.money_returned_at).is_(None)
            | col(SaleRevocation.asset_restored_at).is_(None)
            | col(SaleRevocation.document_id).is_(None)
        )
        .limit(100)
    )
    for lot_id in rows:
        await return_money.later(work, key=str(lot_id), lot_id=lot_id)
        await restore_asset.later(work, key=str(lot_id), lot_id=lot_id)
        await publish_revocation.later(work, key=str(lot_id), lot_id=lot_id)

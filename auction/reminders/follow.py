"""Follow a lot, and stop following it; read from the person's own pages."""

from uuid import UUID

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.listing.catalogue import is_public
from auction.listing.models import Lot
from auction.reminders.models import LotFollow
from core.crypto import StructSeal
from core.database import Work
from core.errors import NotFound, NotPermitted
from core.i18n import msg
from core.ids import new_id


class Follower(msgspec.Struct, frozen=True):
    """Who follows."""

    account_id: UUID


_seal = StructSeal("lot-follow", Follower)


def open_follower(follow: LotFollow) -> UUID:
    """The account that follows. For this room alone."""
    return _seal.open(follow.follower_sealed, bound_to=follow.id).account_id


def _match(work: Work) -> bytes:
    if work.actor.account_id is None:
        raise NotPermitted(msg("请先登录，再办理此事项。"))
    return _seal.match(work.actor.account_id)


async def follow_lot(work: Work, lot_id: UUID) -> None:
    """Be reminded before the lot starts. Following twice changes nothing. Raises `NotFound`, `NotPermitted` (not logged in).

    Nothing is written to the audit chain: whoever reads it must not learn who is interested (P-01).
    """
    match = _match(work)
    lot = await work.session.get(Lot, lot_id)
    if lot is None or not is_public(lot):
        raise NotFound(msg("没有找到该拍品。"))
    assert work.actor.account_id is not None
    follow_id = new_id()
    await work.session.execute(
        insert(LotFollow)
        .values(
            id=follow_id,
            lot_id=lot_id,
            follower_match=match,
            follower_sealed=_seal.seal(Follower(work.actor.account_id), bound_to=follow_id),
            created_at=work.now,
        )
        .on_conflict_do_nothing(constraint="lot_follow_once")
    )


async def unfollow_lot(work: Work, lot_id: UUID) -> None:
    """Stop being reminded."""
    await work.session.execute(
        delete(LotFollow).where(
            col(LotFollow.lot_id) == lot_id, col(LotFollow.follower_match) == _match(work)
        )
    )


async def follows(work: Work, lot_id: UUID) -> bool:
    """Whether the actor follows the lot."""
    if work.actor.account_id is None:
        return False
    rows = await work.session.exec(
        select(LotFollow.id).where(LotFollow.lot_id == lot_id, LotFollow.follower_match == _match(work))
    )
    return rows.first() is not None


async def followed_lots(work: Work, *, limit: int = 50) -> list[Lot]:
    """The lots that the actor follows, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(Lot)
        .join(LotFollow, col(LotFollow.lot_id) == col(Lot.id))
        .where(LotFollow.follower_match == _match(work))
        .order_by(col(LotFollow.created_at).desc())
        .limit(limit)
    )
    return list(rows)

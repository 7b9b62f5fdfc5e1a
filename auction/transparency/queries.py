"""What pages and the interface for programs read of the log."""

from sqlmodel import col, select

from auction.transparency.models import Checkpoint, LogLeaf
from core.database import Work


async def leaf_page(work: Work, *, start: int, limit: int, size: int) -> list[LogLeaf]:
    """Leaves from number `start` of the tree with `size` leaves, in order."""
    rows = await work.session.exec(
        select(LogLeaf)
        .where(LogLeaf.leaf_index >= start, LogLeaf.leaf_index < size)
        .order_by(col(LogLeaf.leaf_index))
        .limit(limit)
    )
    return list(rows)


async def checkpoint_page(work: Work, *, before: int | None = None, limit: int) -> list[Checkpoint]:
    """The newest checkpoints, newest first; those with numbers below `before` to go on."""
    query = select(Checkpoint).order_by(col(Checkpoint.number).desc()).limit(limit)
    if before is not None:
        query = query.where(Checkpoint.number < before)
    return list(await work.session.exec(query))

"""What pages and the interface for programs read of the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import col, select

from auction.listing.models import Lot
from auction.transparency.models import Checkpoint, IntegrityFault, LogLeaf, TimeStamp
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


async def newest_stamp(work: Work, *, least: int, most: int) -> TimeStamp | None:
    """The time stamp on the largest tree with `least` to `most` leaves."""
    rows = await work.session.exec(
        select(TimeStamp)
        .where(TimeStamp.size >= least, TimeStamp.size <= most)
        .order_by(col(TimeStamp.size).desc())
        .limit(1)
    )
    return rows.first()


async def stamps_of(work: Work, checkpoints: Sequence[Checkpoint]) -> dict[int, TimeStamp]:
    """The time stamps on these checkpoints, by size."""
    sizes = [checkpoint.size for checkpoint in checkpoints]
    rows = await work.session.exec(select(TimeStamp).where(col(TimeStamp.size).in_(sizes)))
    return {stamp.size: stamp for stamp in rows}


@dataclass(frozen=True, slots=True)
class ShownFault:
    """A fault for the page, with the number of its lot."""

    fault: IntegrityFault
    lot_no: str | None


async def faults(work: Work, *, explained: bool, limit: int = 100) -> list[ShownFault]:
    """The newest open or explained faults. For the intermediate court and the risk officer."""
    explained_at = col(IntegrityFault.explained_at)
    rows = await work.session.exec(
        select(IntegrityFault, Lot.lot_no)
        .outerjoin(Lot, col(Lot.id) == col(IntegrityFault.lot_id))
        .where(explained_at.is_not(None) if explained else explained_at.is_(None))
        .order_by(col(IntegrityFault.found_at).desc(), col(IntegrityFault.id).desc())
        .limit(limit)
    )
    return [ShownFault(fault, lot_no) for fault, lot_no in rows]


@dataclass(frozen=True, slots=True)
class LogHealth:
    """How the log and its self-check stand. Ages in seconds of the database's clock or of court time; None before the first."""

    size: int
    checkpoint_age_s: float | None
    open_faults: int
    newest_run_age_s: float | None
    unchecked_leaves: int
    last_pass_at: datetime | None
    last_pass_age_s: float | None


_HEALTH = """
SELECT coalesce(log.size, 0) AS size, extract(epoch FROM clock_timestamp() - log.made_at) AS checkpoint_age,
       (SELECT count(*) FROM integrity_fault WHERE explained_at IS NULL) AS open_faults,
       extract(epoch FROM court_now() - newest.last_run_at) AS newest_run_age,
       coalesce(log.size, 0) - coalesce(newest.next_leaf, 0) AS unchecked,
       again.passed_at, extract(epoch FROM court_now() - again.passed_at) AS pass_age
  FROM (VALUES (1)) AS one
  LEFT JOIN (SELECT size, made_at FROM log_checkpoint ORDER BY number DESC LIMIT 1) AS log ON true
  LEFT JOIN self_check AS newest ON newest.walk = 'newest'
  LEFT JOIN self_check AS again ON again.walk = 'again'
"""


async def log_health(work: Work) -> LogHealth:
    """The figures for the supervision page and the metrics, in one statement."""
    row = (await work.session.execute(text(_HEALTH))).one()
    return LogHealth(
        size=row.size,
        checkpoint_age_s=_seconds(row.checkpoint_age),
        open_faults=row.open_faults,
        newest_run_age_s=_seconds(row.newest_run_age),
        unchecked_leaves=row.unchecked,
        last_pass_at=row.passed_at,
        last_pass_age_s=_seconds(row.pass_age),
    )


def _seconds(value: Decimal | None) -> float | None:
    return None if value is None else float(value)

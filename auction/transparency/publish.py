"""Publish what has changed: append the leaves, sign the new head of the tree (B-42, B-47).

One publisher at a time (a lock of its own); it only reads what bids write and locks none of it, so no bid ever waits for a
checkpoint. Leaves and checkpoint are one transaction: whatever is in the tree is under a signature.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from auction.bidding.published_log import current_heads
from auction.transparency import merkle
from auction.transparency.checkpoint import TreeHead, open_checkpoint, sign_checkpoint
from auction.transparency.leaves import audit_entry, entry_hash, heartbeat_entry, lot_entry
from auction.transparency.log_keys import checkpoint_key, trusted_keys
from auction.transparency.models import AuditAnchor, Checkpoint, LeafKind, LogLeaf
from auction.transparency.note import BadNote
from auction.transparency.tree import HashMissing, latest_checkpoint, origin_of, read_hashes
from core.audit import StreamHead, stream_heads
from core.database import Work
from core.settings import get_settings

MOST_LOTS = MOST_STREAMS = 20_000
"""At most this many lots, and audit streams, in one checkpoint; the next one goes on."""

ANCHORS_PER_LEAF = 5_000
LATE_COMMITS = timedelta(minutes=5)
"""An event may commit this long after its id was made; a daily look over all streams finds what took even longer."""


class LogDoesNotHold(Exception):
    """The tree as kept does not fit its last checkpoint: nothing may be signed on top of it."""


@dataclass(slots=True)
class _Growing:
    """The tree while leaves are added."""

    size: int
    edge: list[bytes]
    rows: list[dict[str, Any]]

    def add(self, kind: LeafKind, entry: str, at: datetime, **of_lot: Any) -> int:
        """Add a leaf; returns its index."""
        index, self.size = self.size, self.size + 1
        completed = merkle.append(self.edge, index, entry_hash(entry))
        row = {
            "leaf_index": index,
            "kind": kind,
            "entry": entry,
            "hashes": b"".join(completed),
            "recorded_at": at,
        }
        nothing = {"lot_id": None, "seq": None, "head_hash": None, "audit_seq": None}
        self.rows.append(row | nothing | of_lot)
        return index


async def publish_checkpoint(work: Work, streams: Sequence[StreamHead] | None = None) -> Checkpoint | None:
    """Put everything that changed since the last checkpoint into the tree and sign its head; None when nothing changed.

    `streams`: the audit streams to look at instead of those with recent events. Raises `LogDoesNotHold`.
    """
    await work.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('public log', 7))"))
    latest = await latest_checkpoint(work)
    tree = await _sound_tree(work, latest)
    await _add_lots(work, tree)
    if streams is None:
        since = None if latest is None or latest.made_at is None else latest.made_at - LATE_COMMITS
        streams = await stream_heads(work, since=since, limit=MOST_STREAMS)
    await _add_audit_heads(work, tree, streams)
    if not tree.rows and not await _is_heartbeat_due(work, latest):
        return None
    tree.add(LeafKind.HEARTBEAT, heartbeat_entry(work.now), work.now)
    await work.session.execute(insert(LogLeaf), tree.rows)
    head = TreeHead(origin_of(latest), tree.size, merkle.root_of(tree.edge))
    checkpoint = Checkpoint(
        number=1 if latest is None else latest.number + 1,
        size=head.size,
        root=head.root,
        note=sign_checkpoint(head, checkpoint_key()),
        published_at=work.now,
    )
    work.session.add(checkpoint)
    await work.session.flush()
    return checkpoint


async def _sound_tree(work: Work, latest: Checkpoint | None) -> _Growing:
    """The frontier to append to, once it is certain that it is what the last checkpoint signed."""
    if latest is None:
        return _Growing(0, [], [])
    try:
        origin = origin_of(latest)
        signed = open_checkpoint(latest.note, trusted_keys(origin))
        nodes = merkle.frontier(latest.size)
        known = await read_hashes(work, nodes)
    except (BadNote, HashMissing) as error:
        raise LogDoesNotHold(str(error)) from error
    edge = [known[node] for node in nodes]
    if signed != TreeHead(origin, latest.size, merkle.root_of(edge)):
        raise LogDoesNotHold(f"the tree of {latest.size} leaves is not the one that was signed")
    return _Growing(latest.size, edge, [])


# --- lots ---------------------------------------------------------------------------------------------------------

_CHANGED = """
SELECT position.lot_id, position.leaf_index
  FROM log_position AS position
  JOIN lot_bidding AS bidding ON bidding.lot_id = position.lot_id
  LEFT JOIN audit_head AS stream ON stream.stream = 'lot:' || position.lot_id
 WHERE NOT position.is_final
   AND (bidding.last_seq <> position.seq OR coalesce(stream.seq, 0) <> position.audit_seq OR bidding.phase = 'closed')
 ORDER BY position.lot_id
 LIMIT :most
"""
"""A lot's head can only change by a bid, by an act of the court (which its audit stream records) or by its end."""

_MOVE_POSITIONS = """
UPDATE log_position AS position
   SET seq = now_is.seq, audit_seq = now_is.audit_seq, leaf_index = now_is.leaf_index, is_final = now_is.is_final
  FROM unnest(CAST(:lot_id AS uuid[]), CAST(:seq AS int[]), CAST(:audit_seq AS bigint[]), CAST(:leaf_index AS bigint[]),
              CAST(:is_final AS bool[])) AS now_is(lot_id, seq, audit_seq, leaf_index, is_final)
 WHERE position.lot_id = now_is.lot_id
"""


async def _add_lots(work: Work, tree: _Growing) -> None:
    """A leaf for each lot whose head has changed."""
    changed = (await work.session.execute(text(_CHANGED), {"most": MOST_LOTS})).all()
    if not changed:
        return
    leaf_of = {UUID(int=row.lot_id.int): row.leaf_index for row in changed}
    published = await _entries(work, [index for index in leaf_of.values() if index is not None])
    positions: dict[str, list[Any]] = {
        "lot_id": [],
        "seq": [],
        "audit_seq": [],
        "leaf_index": [],
        "is_final": [],
    }
    for current in await current_heads(work, list(leaf_of)):
        head, entry = current.head, lot_entry(current.head)
        index = leaf_of[head.lot_id]
        if index is None or published.get(index) != entry:
            index = tree.add(
                LeafKind.CLOSING if current.is_final else LeafKind.HEAD,
                entry,
                work.now,
                lot_id=head.lot_id,
                seq=head.count,
                head_hash=bytes.fromhex(head.head_hash),
                audit_seq=current.audit_seq,
            )
        values = (head.lot_id, head.count, current.audit_seq, index, current.is_final)
        for column, value in zip(positions.values(), values, strict=True):
            column.append(value)
    await work.session.execute(text(_MOVE_POSITIONS), positions)


async def _entries(work: Work, indexes: Sequence[int]) -> dict[int, str]:
    rows = await work.session.execute(
        text("SELECT leaf_index, entry FROM log_leaf WHERE leaf_index = ANY(CAST(:indexes AS bigint[]))"),
        {"indexes": list(indexes)},
    )
    return {row.leaf_index: row.entry for row in rows}


# --- audit streams ------------------------------------------------------------------------------------------------


async def _add_audit_heads(work: Work, tree: _Growing, heads: Sequence[StreamHead]) -> None:
    """A leaf that fixes the heads of the audit streams that have grown, with a row for each."""
    rows = await work.session.execute(
        text(
            "SELECT stream, max(seq) AS seq FROM audit_anchor WHERE stream = ANY(CAST(:streams AS text[])) GROUP BY stream"
        ),
        {"streams": [head.stream for head in heads]},
    )
    anchored = {row.stream: row.seq for row in rows}
    grown = [head for head in heads if head.seq > anchored.get(head.stream, 0)]
    for begin in range(0, len(grown), ANCHORS_PER_LEAF):
        some = grown[begin : begin + ANCHORS_PER_LEAF]
        index = tree.add(LeafKind.AUDIT, audit_entry(some), work.now)
        await work.session.execute(
            insert(AuditAnchor),
            [{"stream": h.stream, "seq": h.seq, "hash": h.hash, "leaf_index": index} for h in some],
        )


async def _is_heartbeat_due(work: Work, latest: Checkpoint | None) -> bool:
    """Whether the log has been silent for long, by the database's own clock."""
    if latest is None or latest.made_at is None:
        return False
    now: datetime = (await work.session.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return now.astimezone(UTC) - latest.made_at >= timedelta(minutes=get_settings().heartbeat_minutes)

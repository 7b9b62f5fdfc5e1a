"""Audit leaves against the audit streams: every event up to what was fixed of its stream (B-42)."""

from collections.abc import Sequence

from sqlalchemy import text

from auction.transparency.check_tree import Finding
from auction.transparency.leaves import audit_entry
from auction.transparency.models import FaultKind, LogLeaf
from core.audit import GENESIS, Segment, StreamHead, verify_segments
from core.database import Work

_ANCHORS = """
SELECT anchor.stream, anchor.seq, anchor.hash, coalesce(before.seq, 0) AS after_seq, before.hash AS after_hash
  FROM audit_anchor AS anchor
  LEFT JOIN LATERAL (
       SELECT seq, hash FROM audit_anchor WHERE stream = anchor.stream AND seq < anchor.seq ORDER BY seq DESC LIMIT 1
       ) AS before ON true
 WHERE anchor.leaf_index = :leaf
"""


async def check_audit(work: Work, leaves: Sequence[LogLeaf]) -> list[Finding]:
    """Each of these leaves against its anchors, and the events between those and the anchors before them."""
    findings = []
    for leaf in leaves:
        rows = (await work.session.execute(text(_ANCHORS), {"leaf": leaf.leaf_index})).all()
        if audit_entry(StreamHead(row.stream, row.seq, bytes(row.hash)) for row in rows) != leaf.entry:
            detail = "the anchored heads are not those of the leaf"
            findings.append(Finding(FaultKind.AUDIT_CHANGED, f"leaf:{leaf.leaf_index}", detail))
            continue
        segments = [
            Segment(
                row.stream,
                row.after_seq,
                GENESIS if row.after_hash is None else bytes(row.after_hash),
                row.seq,
                bytes(row.hash),
            )
            for row in rows
        ]
        for link in await verify_segments(work, segments):
            detail = f"event {link.seq}: {link.reason}"
            findings.append(Finding(FaultKind.AUDIT_CHANGED, f"audit:{link.stream}", detail))
    return findings

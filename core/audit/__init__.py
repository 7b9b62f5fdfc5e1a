"""The audit chain: who did what, under which rule, with which paper. Append-only, hash-chained per stream."""

from core.audit.heads import StreamHead, stream_heads
from core.audit.models import AuditEvent
from core.audit.record import record
from core.audit.verify import GENESIS, BrokenLink, Segment, history, verify_segments, verify_stream

__all__ = [
    "GENESIS",
    "AuditEvent",
    "BrokenLink",
    "Segment",
    "StreamHead",
    "history",
    "record",
    "stream_heads",
    "verify_segments",
    "verify_stream",
]

"""The audit chain: who did what, under which rule, with which paper. Append-only, hash-chained per stream."""

from core.audit.heads import StreamHead, stream_heads
from core.audit.models import AuditEvent
from core.audit.record import Happening, record, record_many
from core.audit.verify import GENESIS, BrokenLink, Segment, history, verify_segments, verify_stream

__all__ = [
    "GENESIS",
    "AuditEvent",
    "BrokenLink",
    "Happening",
    "Segment",
    "StreamHead",
    "history",
    "record",
    "record_many",
    "stream_heads",
    "verify_segments",
    "verify_stream",
]

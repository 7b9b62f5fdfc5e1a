from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class LeafKind(StrEnum):
    """What a leaf of the Merkle tree states: a lot's head, a lot's head with its declared result, the heads of audit streams,
    or the time at which a checkpoint was made (its last leaf)."""

    HEAD = "head"
    CLOSING = "closing"
    AUDIT = "audit"
    HEARTBEAT = "heartbeat"


class LogLeaf(SQLModel, table=True):
    """One leaf of the Merkle tree over all lots (RFC 9162). Append-only, numbered from 0 without a gap.

    `entry` is the leaf's data: for a lot the canonical head of its log, which its signature covers too. `hashes` holds, one
    after the other, the hashes of all complete subtrees that end with this leaf, the leaf's own first. `seq` and `audit_seq`
    say how far the lot's bids and audit stream reached. No foreign keys: they would lock rows that bids wait for.
    """

    __tablename__ = "log_leaf"
    __table_args__ = (
        Index("log_leaf_lot", "lot_id", "leaf_index", postgresql_where=text("lot_id IS NOT NULL")),
        Index("log_leaf_closing", "lot_id", unique=True, postgresql_where=text("kind = 'closing'")),
        one_of("kind", LeafKind, table="log_leaf"),
        CheckConstraint("leaf_index >= 0", name="log_leaf_index_from_zero"),
        CheckConstraint(
            "(kind IN ('head', 'closing')) = (lot_id IS NOT NULL) AND (lot_id IS NULL) = (seq IS NULL) "
            "AND (lot_id IS NULL) = (audit_seq IS NULL) AND (lot_id IS NULL) = (head_hash IS NULL)",
            name="log_leaf_lot_complete",
        ),
        CheckConstraint(
            "octet_length(hashes) > 0 AND octet_length(hashes) % 32 = 0", name="log_leaf_has_hashes"
        ),
    )

    leaf_index: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str
    entry: str
    hashes: bytes = Field(sa_type=LargeBinary)
    recorded_at: datetime = Field(sa_type=Timestamp)
    lot_id: UUID | None = None
    seq: int | None = None
    head_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    audit_seq: int | None = Field(default=None, sa_type=BigInteger)


class LotPosition(SQLModel, table=True):
    """How far a published lot stands in the log already; made with the lot's bidding row, final with its closing leaf.

    `seq` is -1 before the first leaf. Only the publisher writes here, so a checkpoint never locks what bids lock.
    """

    __tablename__ = "log_position"
    __table_args__ = (Index("log_position_watched", "lot_id", postgresql_where=text("NOT is_final")),)

    lot_id: UUID = Field(primary_key=True)
    seq: int = -1
    audit_seq: int = Field(default=-1, sa_type=BigInteger)
    leaf_index: int | None = Field(default=None, sa_type=BigInteger)
    is_final: bool = False


class AuditAnchor(SQLModel, table=True):
    """The head of one audit stream as an audit leaf states it: nobody can rewrite the stream up to there. Append-only."""

    __tablename__ = "audit_anchor"
    __table_args__ = (Index("audit_anchor_leaf", "leaf_index"),)

    stream: str = Field(primary_key=True, max_length=120)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)
    leaf_index: int = Field(sa_type=BigInteger)


class Checkpoint(SQLModel, table=True):
    """A signed head of the whole tree, as published. Append-only, numbered from 1 without a gap.

    `note` is the signed note (c2sp.org/tlog-checkpoint). `published_at` is court time, `made_at` the database's own.
    """

    __tablename__ = "log_checkpoint"
    __table_args__ = (
        UniqueConstraint("size", name="log_checkpoint_size"),
        CheckConstraint("number >= 1 AND size >= 1", name="log_checkpoint_positive"),
    )

    number: int = Field(primary_key=True, sa_type=BigInteger)
    size: int = Field(sa_type=BigInteger)
    root: bytes = Field(sa_type=LargeBinary)
    note: str
    published_at: datetime = Field(sa_type=Timestamp)
    made_at: datetime | None = Field(
        default=None, sa_type=Timestamp, sa_column_kwargs={"server_default": text("clock_timestamp()")}
    )


class TimeStamp(SQLModel, table=True):
    """An RFC 3161 time stamp on a checkpoint's note, from an authority outside the court. Append-only."""

    __tablename__ = "log_time_stamp"

    size: int = Field(primary_key=True, sa_type=BigInteger)
    authority: str = Field(max_length=300)
    token: bytes = Field(sa_type=LargeBinary)
    stamped_at: datetime = Field(sa_type=Timestamp)
    received_at: datetime = Field(sa_type=Timestamp)


class FaultKind(StrEnum):
    """What the self-check can find (B-42, B-47)."""

    BID_CHANGED = "bid_changed"
    BIDS_MISSING = "bids_missing"
    BIDDER_DIFFERS = "bidder_differs"
    DECISION_DIFFERS = "decision_differs"
    STANDING_DIFFERS = "standing_differs"
    TERMS_CHANGED = "terms_changed"
    RESULT_DIFFERS = "result_differs"
    LEAF_CHANGED = "leaf_changed"
    CHECKPOINT_CHANGED = "checkpoint_changed"
    LOG_CUT_OFF = "log_cut_off"
    AUDIT_CHANGED = "audit_changed"
    TIME_STAMP_INVALID = "time_stamp_invalid"
    CEILING_CHANGED = "ceiling_changed"


class IntegrityFault(SQLModel, table=True):
    """A record that does not fit what was published of it. It stays until a person has explained it.

    `subject` names the record (`lot:L-1`, `leaf:7`, `checkpoint:3`, `audit:lot:…`), `detail` says in English what was found.
    """

    __tablename__ = "integrity_fault"
    __table_args__ = (
        Index(
            "integrity_fault_once",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("explained_at IS NULL"),
        ),
        Index("integrity_fault_newest", "found_at"),
        one_of("kind", FaultKind, table="integrity_fault"),
        CheckConstraint(
            "(explained_at IS NULL) = (explanation IS NULL)", name="integrity_fault_explained_with_words"
        ),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    subject: str = Field(max_length=160)
    detail: str = Field(max_length=1000)
    lot_id: UUID | None = None
    found_at: datetime = Field(sa_type=Timestamp)
    explained_at: datetime | None = Field(default=None, sa_type=Timestamp)
    explained_by: str | None = Field(default=None, max_length=80)
    explanation: str | None = Field(default=None, max_length=1000)


class WalkName(StrEnum):
    """The two walks of the self-check: after the newest leaves, and through all of them again and again."""

    NEWEST = "newest"
    AGAIN = "again"


class SelfCheck(SQLModel, table=True):
    """How far a walk has come. Times are court time."""

    __tablename__ = "self_check"
    __table_args__ = (one_of("walk", WalkName, table="self_check"),)

    walk: str = Field(primary_key=True)
    next_leaf: int = Field(default=0, sa_type=BigInteger)
    began_at: datetime = Field(sa_type=Timestamp)
    last_run_at: datetime = Field(sa_type=Timestamp)
    passed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    passed_size: int | None = Field(default=None, sa_type=BigInteger)

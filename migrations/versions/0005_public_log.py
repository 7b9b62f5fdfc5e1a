"""The public log of all sales: Merkle leaves, checkpoints, time stamps, anchors of audit streams.

Revision: 0005; follows: 0004
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_leaf",
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("head_hash", sa.LargeBinary(), nullable=True),
        sa.Column("audit_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('head', 'closing', 'audit', 'heartbeat')", name="log_leaf_kind_known"),
        sa.CheckConstraint("leaf_index >= 0", name="log_leaf_index_from_zero"),
        sa.CheckConstraint(
            "(kind IN ('head', 'closing')) = (lot_id IS NOT NULL) AND (lot_id IS NULL) = (seq IS NULL) "
            "AND (lot_id IS NULL) = (audit_seq IS NULL) AND (lot_id IS NULL) = (head_hash IS NULL)",
            name="log_leaf_lot_complete",
        ),
        sa.CheckConstraint(
            "octet_length(hashes) > 0 AND octet_length(hashes) % 32 = 0", name="log_leaf_has_hashes"
        ),
        sa.PrimaryKeyConstraint("leaf_index"),
    )
    op.create_index(
        "log_leaf_lot", "log_leaf", ["lot_id", "leaf_index"], postgresql_where=sa.text("lot_id IS NOT NULL")
    )
    op.create_index(
        "log_leaf_closing", "log_leaf", ["lot_id"], unique=True, postgresql_where=sa.text("kind = 'closing'")
    )
    op.create_table(
        "log_position",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("audit_seq", sa.BigInteger(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("lot_id"),
    )
    op.create_index(
        "log_position_watched", "log_position", ["lot_id"], postgresql_where=sa.text("NOT is_final")
    )
    op.create_table(
        "audit_anchor",
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq"),
    )
    op.create_index("audit_anchor_leaf", "audit_anchor", ["leaf_index"])
    op.create_table(
        "log_checkpoint",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=True
        ),
        sa.CheckConstraint("number >= 1 AND size >= 1", name="log_checkpoint_positive"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("size", name="log_checkpoint_size"),
    )
    op.create_table(
        "log_time_stamp",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("authority", sa.String(length=300), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_index(
        "audit_event_resumed",
        "audit_event",
        ["lot_id"],
        postgresql_where=sa.text("event = 'lot.resumed'"),
    )
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    cursor.close()


def downgrade() -> None:
    """Evidence is not taken back."""
    raise NotImplementedError

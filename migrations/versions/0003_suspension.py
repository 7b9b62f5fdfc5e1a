"""Stays of a lot, and what its contested row keeps while it stands still.

Revision: 0003; follows: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("lot_bidding", "remaining_ms", type_=sa.BigInteger(), existing_nullable=True)
    op.add_column("lot_bidding", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lot_bidding", sa.Column("resumes_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "lot_bidding_resuming",
        "lot_bidding",
        ["resumes_at"],
        unique=False,
        postgresql_where=sa.text("phase = 'paused'"),
    )
    op.create_check_constraint(
        "lot_bidding_paused_keeps_time",
        "lot_bidding",
        "(phase = 'paused') = (remaining_ms IS NOT NULL) AND (phase = 'paused') = (paused_at IS NOT NULL)",
    )
    op.create_check_constraint(
        "lot_bidding_resumes_from_pause", "lot_bidding", "resumes_at IS NULL OR phase = 'paused'"
    )
    op.create_table(
        "lot_stay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("approver", sa.String(length=80), nullable=False),
        sa.Column("panel", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("minutes", sa.String(length=2000), nullable=False),
        sa.Column("ordered_by", sa.Uuid(), nullable=True),
        sa.Column("ordered_by_court", sa.String(), nullable=True),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("remaining_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_note", sa.String(length=500), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('deferral', 'suspension', 'platform_stop')", name="lot_stay_kind_known"),
        sa.CheckConstraint("until IS NULL OR kind = 'deferral'", name="lot_stay_only_deferral_has_date"),
        sa.CheckConstraint("until > ordered_at", name="lot_stay_until_after_order"),
        sa.CheckConstraint("remaining_ms > 0", name="lot_stay_time_remains"),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["ordered_by_court"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("lot_stay_lot", "lot_stay", ["lot_id"], unique=False)
    op.create_index(
        "lot_stay_until",
        "lot_stay",
        ["until"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL AND until IS NOT NULL"),
    )
    op.create_index(
        "lot_stay_one_per_source",
        "lot_stay",
        ["lot_id", "source"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND source IS NOT NULL"),
    )

"""Registered seals go first; notices of the seal, partition suits, checks of excess (A-05, A-06, A-09, A-10).

Revision: 0048; follows: 0047
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seal", sa.Column("is_registered", sa.Boolean(), server_default="true", nullable=False))
    op.create_table(
        "seal_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("share", sa.String(length=40), nullable=False),
        sa.Column("is_maximum_amount", sa.Boolean(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("secured_fen", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('mortgagee', 'co_owner')", name="seal_notice_kind_known"),
        sa.CheckConstraint("received_on >= sent_on", name="seal_notice_received_after_sent"),
        sa.CheckConstraint(
            "secured_fen IS NULL OR (is_maximum_amount AND received_on IS NOT NULL AND secured_fen >= 0)",
            name="seal_notice_fixed_by_receipt",
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("seal_notice_asset", "seal_notice", ["asset_id", "id"], unique=False)
    op.create_table(
        "partition_suit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("plaintiff", sa.String(length=80), nullable=False),
        sa.Column("court_case", sa.String(length=80), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=500), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('filed', 'ended')", name="partition_suit_state_known"),
        sa.CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="partition_suit_ended"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_partition_suit_asset_id"), "partition_suit", ["asset_id"], unique=False)
    op.create_index(
        "partition_suit_one_open",
        "partition_suit",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("state = 'filed'"),
    )
    op.create_table(
        "excess_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("claim_fen", sa.BigInteger(), nullable=False),
        sa.Column("costs_fen", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("excess_count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_by_name", sa.String(length=80), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("claim_fen >= 0 AND costs_fen >= 0", name="excess_check_not_negative"),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("excess_check_case", "excess_check", ["case_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("excess_check")
    op.drop_table("partition_suit")
    op.drop_table("seal_notice")
    op.drop_column("seal", "is_registered")

"""Clearing, delivery records and their files (B-72).

Revision: 0026; follows: 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clearing",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("occupants", sa.String(length=500), nullable=False),
        sa.Column("leave_by", sa.Date(), nullable=False),
        sa.Column("helpers", sa.String(length=300), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by_name", sa.String(length=80), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_document_id", sa.Uuid(), nullable=True),
        sa.Column("order_document_id", sa.Uuid(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_where", sa.String(length=300), nullable=False),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leader", sa.String(length=80), nullable=False),
        sa.Column("forces", sa.String(length=1000), nullable=False),
        sa.Column("care", sa.String(length=1000), nullable=False),
        sa.Column("storage", sa.String(length=300), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_document_id", sa.Uuid(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_how", sa.String(), nullable=True),
        sa.Column("people", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("goods", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("goods_taker", sa.String(), nullable=True),
        sa.Column("goods_taken_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("goods_document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cleared') = (cleared_at IS NOT NULL) AND (cleared_at IS NULL) = (cleared_how IS NULL)",
            name="clearing_end_is_told",
        ),
        sa.CheckConstraint("cleared_how IN ('left', 'forced')", name="clearing_cleared_how_known"),
        sa.CheckConstraint(
            "goods_taker IN ('none', 'debtor', 'family', 'stored')", name="clearing_goods_taker_known"
        ),
        sa.CheckConstraint("state <> 'planned' OR forced_at IS NOT NULL", name="clearing_plan_has_its_time"),
        sa.CheckConstraint(
            "state IN ('proposed', 'refused', 'notified', 'planned', 'cleared', 'ended')",
            name="clearing_state_known",
        ),
        sa.CheckConstraint(
            "state NOT IN ('notified', 'planned') OR (signed_at IS NOT NULL AND notice_document_id IS NOT NULL)",
            name="clearing_notice_is_signed",
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )
    op.create_index("clearing_court", "clearing", ["court_code", "state"], unique=False)
    op.create_table(
        "delivery_file",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("caption", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('photo', 'meter', 'signed', 'posted', 'clearing')", name="delivery_file_kind_known"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["sealed_file.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("file_id"),
    )
    op.create_index("delivery_file_lot", "delivery_file", ["lot_id", "added_at"], unique=False)
    op.create_table(
        "delivery_record",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("people", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("goods", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("keys", sa.String(length=300), nullable=False),
        sa.Column("water", sa.String(length=40), nullable=False),
        sa.Column("power", sa.String(length=40), nullable=False),
        sa.Column("gas", sa.String(length=40), nullable=False),
        sa.Column("mileage", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("not_signed", sa.String(length=500), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reservations", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("receipt IN ('received', 'reserved')", name="delivery_record_receipt_known"),
        sa.CheckConstraint(
            "receipt IS DISTINCT FROM 'reserved' OR reservations <> ''",
            name="delivery_record_reservation_is_said",
        ),
        sa.CheckConstraint(
            "(receipt IS NULL) = (receipt_at IS NULL)", name="delivery_record_receipt_has_time"
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )


def downgrade() -> None:
    op.drop_table("delivery_record")
    op.drop_index("delivery_file_lot", table_name="delivery_file")
    op.drop_table("delivery_file")
    op.drop_index("clearing_court", table_name="clearing")
    op.drop_table("clearing")

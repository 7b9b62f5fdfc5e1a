"""What is handed over with an asset, the leave to publish while a request is open, and panel records that a transfer voids
(T-04, T-05, §11.6).

Revision: 0034; follows: 0033
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("panel_decision", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("transfer_request", sa.Column("publish_leave_court", sa.String(), nullable=True))
    op.create_foreign_key(None, "transfer_request", "court", ["publish_leave_court"], ["code"])
    op.add_column(
        "transfer_request",
        sa.Column("publish_leave_note", sa.String(length=500), nullable=False, server_default=""),
    )
    op.alter_column("transfer_request", "publish_leave_note", server_default=None)
    op.add_column(
        "transfer_request", sa.Column("publish_leave_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "transfer_hand_over",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("from_court", sa.String(), nullable=False),
        sa.Column("to_court", sa.String(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("followed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("money", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("list_document_id", sa.Uuid(), nullable=True),
        sa.Column("notice_document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("from_court <> to_court", name="transfer_hand_over_two_courts"),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="transfer_hand_over_score_percent"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer_request.id"]),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["from_court"], ["court.code"]),
        sa.ForeignKeyConstraint(["to_court"], ["court.code"]),
        sa.PrimaryKeyConstraint("transfer_id", "round"),
    )
    op.create_index("ix_transfer_hand_over_asset_id", "transfer_hand_over", ["asset_id"])
    op.create_index("transfer_hand_over_from", "transfer_hand_over", ["from_court", "confirmed_at"])
    op.create_index("transfer_hand_over_to", "transfer_hand_over", ["to_court", "confirmed_at"])


def downgrade() -> None:
    op.drop_table("transfer_hand_over")
    for column in ("publish_leave_court", "publish_leave_note", "publish_leave_at"):
        op.drop_column("transfer_request", column)
    op.drop_column("panel_decision", "voided_at")

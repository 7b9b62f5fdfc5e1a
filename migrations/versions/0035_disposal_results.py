"""What a court that took a disposal right over tells the other court after the sale (T-05).

Revision: 0035; follows: 0034
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disposal_result",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("other_court", sa.String(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("ruled_on", sa.Date(), nullable=False),
        sa.Column("costs_fen", sa.BigInteger(), nullable=False),
        sa.Column("shares", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reserve", sa.String(), nullable=False),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_fen", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_title", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("confirmed_fen <= reserved_fen", name="disposal_result_confirmed_within_reserve"),
        sa.CheckConstraint(
            "price_fen > 0 AND costs_fen >= 0 AND reserved_fen >= 0 AND confirmed_fen >= 0",
            name="disposal_result_money_not_negative",
        ),
        sa.CheckConstraint(
            "reserve IN ('none', 'held', 'confirmed', 'settled')", name="disposal_result_reserve_known"
        ),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer_request.id"]),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["other_court"], ["court.code"]),
        sa.PrimaryKeyConstraint("transfer_id"),
    )
    op.create_index("ix_disposal_result_asset_id", "disposal_result", ["asset_id"])
    op.create_index("disposal_result_court", "disposal_result", ["court_code", "told_at"])
    op.create_index("disposal_result_other", "disposal_result", ["other_court", "told_at"])


def downgrade() -> None:
    op.drop_table("disposal_result")

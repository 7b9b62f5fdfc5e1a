"""Forfeited deposits and their four uses (B-34).

Revision: 0015; follows: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forfeited_deposit",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("failed_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("claim_shortfall", sa.Boolean(), nullable=False),
        sa.Column("result_kind", sa.String(length=20), nullable=True),
        sa.Column("result_lot_id", sa.Uuid(), nullable=True),
        sa.Column("result_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("used_costs_fen", sa.BigInteger(), nullable=False),
        sa.Column("used_shortfall_fen", sa.BigInteger(), nullable=False),
        sa.Column("used_case_fen", sa.BigInteger(), nullable=False),
        sa.Column("used_linked_fen", sa.BigInteger(), nullable=False),
        sa.Column("unpaid_shortfall_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "result_kind IN ('resold', 'in_kind', 'not_resold')", name="forfeited_deposit_result_kind_known"
        ),
        sa.CheckConstraint(
            "state IN ('held', 'proposed', 'allocated', 'reversed')", name="forfeited_deposit_state_known"
        ),
        sa.CheckConstraint(
            "amount_fen >= 0 AND used_costs_fen >= 0 AND used_shortfall_fen >= 0 AND used_case_fen >= 0 AND used_linked_fen >= 0 AND unpaid_shortfall_fen >= 0",
            name="forfeited_deposit_money_not_negative",
        ),
        sa.CheckConstraint(
            "used_costs_fen + used_shortfall_fen + used_case_fen + used_linked_fen <= amount_fen",
            name="forfeited_deposit_uses_within_amount",
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["result_lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )
    op.create_index(
        "forfeited_deposit_open",
        "forfeited_deposit",
        ["asset_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('held', 'proposed')"),
    )

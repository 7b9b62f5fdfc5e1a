"""Sell-off without an auction (A-21) and what follows an unsold one (X-09).

Revision: 0009; follows: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "direct_sale",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(length=1000), nullable=False),
        sa.Column("consents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("price_basis", sa.String(), nullable=False),
        sa.Column("basis_fen", sa.BigInteger(), nullable=False),
        sa.Column("basis_note", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ground IN ('agreement', 'precious_metal', 'market_goods', 'perishable', 'seasonal', 'costly_to_keep', 'debtor_asks_creditors_agree', 'debtor_asks_all_covered')",
            name="direct_sale_ground_known",
        ),
        sa.CheckConstraint(
            "price_basis IN ('agreed', 'market', 'appraisal')", name="direct_sale_price_basis_known"
        ),
        sa.CheckConstraint("basis_fen > 0", name="direct_sale_basis_positive"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("direct_sale_asset", "direct_sale", ["asset_id", "created_at"], unique=False)
    op.create_table(
        "unsold_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "choice IN ('release', 'forced_management', 'lease', 'second_disposal')",
            name="unsold_decision_choice_known",
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("unsold_decision_asset", "unsold_decision", ["asset_id", "created_at"], unique=False)
    op.add_column("lot", sa.Column("direct_sale_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "lot", "direct_sale", ["direct_sale_id"], ["id"])
    op.add_column("panel_decision", sa.Column("direct_sale_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "panel_decision", "direct_sale", ["direct_sale_id"], ["id"])

"""A debtor's own sale (A-26, A-27, A-28).

Revision: 0040; follows: 0039
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "self_sale",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("debtor_party_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("buyer_name", sa.String(length=80), nullable=False),
        sa.Column("buyer_is_related", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=80), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("floor_fen", sa.BigInteger(), nullable=True),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("minutes", sa.String(length=2000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("virtual_account_no", sa.String(length=32), nullable=True),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ground IN ('reasonable_price', 'value_too_low', 'failed_price', 'financing', 'sealed_transfer')",
            name="self_sale_ground_known",
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'refused', 'allowed', 'paid', 'released', 'expired', 'withdrawn')",
            name="self_sale_state_known",
        ),
        sa.CheckConstraint("price_fen > 0", name="self_sale_price_positive"),
        sa.CheckConstraint("paid_fen BETWEEN 0 AND price_fen", name="self_sale_paid_within_price"),
        sa.CheckConstraint("decided_by <> entered_by", name="self_sale_two_persons"),
        sa.CheckConstraint(
            "(state IN ('filed', 'withdrawn')) OR (decided_at IS NOT NULL AND cardinality(members) >= 3)",
            name="self_sale_decided_by_a_panel",
        ),
        sa.CheckConstraint(
            "state NOT IN ('allowed', 'paid', 'released', 'expired') "
            "OR (floor_fen > 0 AND ends_at IS NOT NULL AND virtual_account_no IS NOT NULL)",
            name="self_sale_allowed_with_terms",
        ),
        sa.CheckConstraint(
            "state NOT IN ('paid', 'released') OR (paid_fen = price_fen AND price_fen >= floor_fen AND buyer_name <> '')",
            name="self_sale_paid_in_full",
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["debtor_party_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("virtual_account_no", name="self_sale_account"),
    )
    op.create_index("self_sale_of_asset", "self_sale", ["asset_id", "filed_at"], unique=False)
    op.create_index("self_sale_of_debtor", "self_sale", ["debtor_party_id"], unique=False)
    op.create_index(
        "self_sale_one_open",
        "self_sale",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('filed', 'allowed', 'paid')"),
    )


def downgrade() -> None:
    op.drop_table("self_sale")

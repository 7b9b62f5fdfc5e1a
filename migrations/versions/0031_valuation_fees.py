"""What platforms and firms are paid, prices without a valuation, and the review of a price by supervision (V-03, V-04, V-14, V-25,
V-32).

Revision: 0031; follows: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OLD_METHODS = "'agreement', 'directed_inquiry', 'online_inquiry', 'appraisal'"
METHODS = f"{OLD_METHODS}, 'market_price', 'above_costs'"
KEPT = ("valuation_fee", "fee_advance", "unvalued_price", "price_supervision")


def upgrade() -> None:
    op.create_table(
        "fee_advance",
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paper_ref", sa.String(length=120), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("paper_ref <> ''", name="fee_advance_has_paper"),
        sa.CheckConstraint("way IN ('money', 'guarantee')", name="fee_advance_way_known"),
        sa.CheckConstraint("amount_fen > 0", name="fee_advance_positive"),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("valuation_id"),
    )
    op.create_table(
        "price_supervision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(length=2000), nullable=False),
        sa.Column("paper_ref", sa.String(length=120), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reasons", sa.String(length=2000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (reasons = '')",
            name="price_supervision_decided",
        ),
        sa.CheckConstraint("evidence <> ''", name="price_supervision_has_evidence"),
        sa.CheckConstraint(
            "ground IN ('fraud_or_duress', 'collusion', 'false_result', 'wrong_handling')",
            name="price_supervision_ground_known",
        ),
        sa.CheckConstraint("outcome IN ('stands', 'set_aside')", name="price_supervision_outcome_known"),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "price_supervision_one_open",
        "price_supervision",
        ["valuation_id", "party_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "unvalued_price",
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("opinions", sa.String(length=1000), nullable=False),
        sa.Column("asked_by", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("costs_fen", sa.BigInteger(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ground = 'cannot_appraise') = (costs_fen IS NOT NULL AND told_on IS NOT NULL)",
            name="unvalued_price_shares_complete",
        ),
        sa.CheckConstraint(
            "ground <> 'all_ask' OR cardinality(asked_by) > 0", name="unvalued_price_somebody_asked"
        ),
        sa.CheckConstraint(
            "ground IN ('low_value', 'easily_priced', 'all_ask', 'cannot_appraise')",
            name="unvalued_price_ground_known",
        ),
        sa.CheckConstraint("source <> '' AND opinions <> ''", name="unvalued_price_is_founded"),
        sa.CheckConstraint("costs_fen IS NULL OR price_fen > costs_fen", name="unvalued_price_above_costs"),
        sa.CheckConstraint("price_fen > 0", name="unvalued_price_positive"),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("valuation_id"),
    )
    op.create_table(
        "valuation_fee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=True),
        sa.Column("inquiry_id", sa.Uuid(), nullable=True),
        sa.Column("payee", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("base_fen", sa.BigInteger(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("claimed_fen", sa.BigInteger(), nullable=True),
        sa.Column("claim_reason", sa.String(length=300), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_ref", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "(state = 'nothing') = (amount_fen IS NOT NULL AND amount_fen = 0)", name="valuation_fee_nothing"
        ),
        sa.CheckConstraint(
            "(state = 'open') = (amount_fen IS NULL)", name="valuation_fee_open_has_no_amount"
        ),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_on IS NOT NULL AND paid_ref <> '')",
            name="valuation_fee_paid_is_complete",
        ),
        sa.CheckConstraint(
            "basis IN ('per_inquiry', 'appraisal', 'price', 'actual_expense', 'nothing')",
            name="valuation_fee_basis_known",
        ),
        sa.CheckConstraint("state IN ('open', 'fixed', 'paid', 'nothing')", name="valuation_fee_state_known"),
        sa.CheckConstraint("(engagement_id IS NULL) <> (inquiry_id IS NULL)", name="valuation_fee_one_payee"),
        sa.CheckConstraint("amount_fen >= 0", name="valuation_fee_not_negative"),
        sa.CheckConstraint("claimed_fen > 0", name="valuation_fee_claim_positive"),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name="valuation_fee_percent"),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["appraisal_engagement.id"],
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["platform_inquiry.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "valuation_fee_engagement",
        "valuation_fee",
        ["engagement_id"],
        unique=True,
        postgresql_where=sa.text("engagement_id IS NOT NULL"),
    )
    op.create_index(
        "valuation_fee_inquiry",
        "valuation_fee",
        ["inquiry_id"],
        unique=True,
        postgresql_where=sa.text("inquiry_id IS NOT NULL"),
    )
    op.create_index("valuation_fee_valuation", "valuation_fee", ["valuation_id"], unique=False)

    op.add_column(
        "platform_inquiry", sa.Column("corrections", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("platform_inquiry", "corrections", server_default=None)
    op.drop_column("platform_inquiry", "fee_share_fen")
    op.add_column("valuation", sa.Column("sold_fen", sa.BigInteger(), nullable=True))
    op.add_column("valuation", sa.Column("sold_on", sa.Date(), nullable=True))
    op.create_check_constraint("valuation_sold_positive", "valuation", "sold_fen > 0")
    _methods(METHODS)
    for table in KEPT:
        op.execute(
            f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()"
        )


def _methods(known: str) -> None:
    for table in ("valuation", "valuation_step"):
        op.drop_constraint(f"{table}_method_known", table, type_="check")
        op.create_check_constraint(f"{table}_method_known", table, f"method IN ({known})")


def downgrade() -> None:
    _methods(OLD_METHODS)
    op.drop_constraint("valuation_sold_positive", "valuation", type_="check")
    op.drop_column("valuation", "sold_on")
    op.drop_column("valuation", "sold_fen")
    op.add_column(
        "platform_inquiry", sa.Column("fee_share_fen", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.alter_column("platform_inquiry", "fee_share_fen", server_default=None)
    op.drop_column("platform_inquiry", "corrections")
    for table in KEPT:
        op.drop_table(table)

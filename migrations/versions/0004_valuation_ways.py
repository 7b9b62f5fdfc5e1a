"""The ways to a reference price before an appraisal (V-02, V-10 to V-15).

Revision: 0004; follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inquiry_platform",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("removal_reason", sa.String(length=200), nullable=False),
        sa.Column("barred_until", sa.Date(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("code"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "agreement_entry",
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("price_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("refuses", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("paper_ref", sa.String(length=120), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("refuses = (price_sealed IS NULL)", name="agreement_entry_price_or_refusal"),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("valuation_id", "party_id"),
    )
    op.create_table(
        "directed_inquiry",
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("requirement", sa.String(length=500), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_no", sa.String(length=60), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("price_fen > 0", name="directed_inquiry_price_positive"),
        sa.CheckConstraint(
            "price_fen IS NULL OR (replied_at IS NOT NULL AND valid_until IS NOT NULL)",
            name="directed_inquiry_reply_complete",
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("valuation_id"),
    )
    op.create_table(
        "platform_inquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("platform_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extension_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("report_no", sa.String(length=60), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=30), nullable=True),
        sa.Column("correction_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_objected", sa.Boolean(), nullable=False),
        sa.Column("objection_dismissed", sa.Boolean(), nullable=False),
        sa.Column("fee_share_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'delivered') = (price_fen IS NOT NULL AND delivered_at IS NOT NULL AND valid_until IS NOT NULL)",
            name="platform_inquiry_delivered_is_complete",
        ),
        sa.CheckConstraint(
            "fault IN ('wrong_basics', 'excess_or_omission', 'suspect_unit')",
            name="platform_inquiry_fault_known",
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'delivered', 'late', 'refused', 'withdrawn')",
            name="platform_inquiry_state_known",
        ),
        sa.CheckConstraint("price_fen > 0", name="platform_inquiry_price_positive"),
        sa.ForeignKeyConstraint(
            ["platform_code"],
            ["inquiry_platform.code"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("valuation_id", "platform_code", name="platform_inquiry_once"),
    )
    op.create_index(
        "platform_inquiry_due",
        "platform_inquiry",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'sent'"),
    )
    op.create_index("platform_inquiry_platform", "platform_inquiry", ["platform_code", "state"], unique=False)
    op.create_table(
        "valuation_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "method IN ('agreement', 'directed_inquiry', 'online_inquiry', 'appraisal')",
            name="valuation_step_method_known",
        ),
        sa.CheckConstraint(
            "outcome IN ('priced', 'unequal', 'refused', 'silent', 'impossible', 'withdrawn')",
            name="valuation_step_outcome_known",
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_at IS NULL)", name="valuation_step_ended_with_outcome"
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("valuation_id", "position", name="valuation_step_order"),
    )
    op.create_index(
        "valuation_step_due",
        "valuation_step",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index(
        "valuation_step_one_open",
        "valuation_step",
        ["valuation_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    # Appraisals that are under way were the only way until now: both parties had asked for them.
    op.execute(
        """
        INSERT INTO valuation_step (id, valuation_id, position, method, facts, started_at, note)
        SELECT gen_random_uuid(), id, 1, method, '{"both_ask_for": ["appraisal"]}', started_at, ''
        FROM valuation WHERE state IN ('appraising', 'court_review', 'serving', 'objection_window')
        """
    )

"""Appraisal firms, their choice by accord or draw, and their work (V-20 to V-23).

Revision: 0007; follows: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appraisal_firm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("licence_no", sa.String(length=60), nullable=False),
        sa.Column("licence_until", sa.Date(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("removal_reason", sa.String(length=200), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("cardinality(kinds) > 0", name="appraisal_firm_has_kinds"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", name="appraisal_firm_account"),
        sa.UniqueConstraint("licence_no", name="appraisal_firm_licence"),
        sa.UniqueConstraint("name", name="appraisal_firm_name"),
    )
    op.create_table(
        "appraisal_engagement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entrusted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("extension_asked_days", sa.Integer(), nullable=True),
        sa.Column("extension_reason", sa.String(length=200), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=False),
        sa.Column("materials_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("materials_returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'entrusted' OR (entrusted_at IS NOT NULL AND due_at IS NOT NULL)",
            name="appraisal_engagement_entrusted",
        ),
        sa.CheckConstraint(
            "state IN ('in_reserve', 'entrusted', 'reported', 'declined', 'overdue', 'replaced', 'withdrawn')",
            name="appraisal_engagement_state_known",
        ),
        sa.CheckConstraint("extensions BETWEEN 0 AND 2", name="appraisal_engagement_extensions"),
        sa.ForeignKeyConstraint(
            ["firm_id"],
            ["appraisal_firm.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("valuation_id", "position", name="appraisal_engagement_order"),
    )
    op.create_index(
        "appraisal_engagement_due",
        "appraisal_engagement",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'entrusted'"),
    )
    op.create_index("appraisal_engagement_firm", "appraisal_engagement", ["firm_id", "state"], unique=False)
    op.create_index(
        "appraisal_engagement_one_at_work",
        "appraisal_engagement",
        ["valuation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'entrusted'"),
    )
    op.create_table(
        "appraiser_selection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=True),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draw_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("value_name", sa.String(length=120), nullable=False),
        sa.Column("public_value", sa.String(length=60), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("witnesses", sa.String(length=200), nullable=False),
        sa.Column("chosen", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'committed' OR (commitment IS NOT NULL AND secret_sealed IS NOT NULL)",
            name="appraiser_selection_committed",
        ),
        sa.CheckConstraint(
            "state IN ('agreeing', 'committed', 'chosen', 'cancelled')",
            name="appraiser_selection_state_known",
        ),
        sa.CheckConstraint("way IN ('agreement', 'lottery')", name="appraiser_selection_way_known"),
        sa.CheckConstraint(
            "way IS DISTINCT FROM 'lottery' OR state <> 'chosen' OR (secret IS NOT NULL AND public_value <> '')",
            name="appraiser_selection_revealed",
        ),
        sa.CheckConstraint("drawn_at >= draw_from", name="appraiser_selection_drawn_in_time"),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("valuation_id", "position", name="appraiser_selection_order"),
    )
    op.create_index(
        "appraiser_selection_agreeing",
        "appraiser_selection",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'agreeing'"),
    )
    op.create_table(
        "firm_choice",
        sa.Column("selection_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("firms", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("paper_ref", sa.String(length=120), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"],
            ["appraiser_selection.id"],
        ),
        sa.PrimaryKeyConstraint("selection_id", "party_id"),
    )
    # Appraisals under way were begun without a choice of firms: it is made now, unless a report is in.
    op.execute("UPDATE valuation SET state = 'appraiser_selection' WHERE state = 'appraising'")

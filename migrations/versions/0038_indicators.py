"""Indicators: facts, figures, frozen months, weights, corrections, red flags and what was ordered on them (K-01…K-29).

Revision: 0038; follows: 0037
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

COUNTED = {
    "lot": ("lot_counts",),
    "settlement": ("settlement_counts",),
    "lot_stay": ("lot_stay_counts",),
    "deadline": ("deadline_of_sale_counts", "breach_counts"),
    "asset": ("asset_counts",),
    "seal": ("seal_counts",),
    "valuation": ("valuation_counts",),
    "in_kind_offer": ("in_kind_offer_counts",),
    "transfer_request": ("transfer_request_counts",),
    "instruction": ("instruction_counts",),
    "objection": ("objection_counts",),
    "survey": ("survey_counts",),
    "survey_line": ("survey_line_counts",),
}


def upgrade() -> None:
    op.create_table(
        "indicator_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "indicator_mark_changed",
        "indicator_mark",
        ["id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NULL"),
    )
    op.create_index(
        "indicator_mark_due",
        "indicator_mark",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("indicator_mark_subject", "indicator_mark", ["subject_id"], unique=False)
    op.create_table(
        "indicator_fact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("base", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("date_part('day', month) = 1", name="indicator_fact_of_a_month"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "indicator_fact_month",
        "indicator_fact",
        ["indicator", "court_code", "month", "at", "id"],
        unique=False,
    )
    op.create_index("indicator_fact_subject", "indicator_fact", ["subject_id", "base"], unique=False)
    op.create_table(
        "indicator_figure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("median", sa.BigInteger(), nullable=True),
        sa.Column("ninth_decile", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "indicator",
            "court_code",
            "month",
            "team_id",
            name="indicator_figure_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("indicator_figure_month", "indicator_figure", ["month", "indicator"], unique=False)
    op.create_table(
        "indicator_frozen_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.Uuid(), nullable=True),
        sa.Column("frozen_by_name", sa.String(length=80), nullable=False),
        sa.Column("weights_version", sa.Integer(), nullable=False),
        sa.Column("ranking", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("month"),
    )
    op.create_table(
        "indicator_frozen_figure",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("median", sa.BigInteger(), nullable=True),
        sa.Column("ninth_decile", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["month"],
            ["indicator_frozen_month.month"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "month",
            "indicator",
            "court_code",
            "team_id",
            name="indicator_frozen_figure_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "indicator_frozen_fact",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("base", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["month"],
            ["indicator_frozen_month.month"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "indicator_frozen_fact_month",
        "indicator_frozen_fact",
        ["indicator", "court_code", "month", "at", "id"],
        unique=False,
    )
    op.create_table(
        "indicator_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("numerator_before", sa.BigInteger(), nullable=False),
        sa.Column("denominator_before", sa.BigInteger(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("noted_by_name", sa.String(length=80), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["month"],
            ["indicator_frozen_month.month"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "indicator_correction_of",
        "indicator_correction",
        ["month", "indicator", "court_code", "found_at"],
        unique=False,
    )
    op.create_table(
        "indicator_weights",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("date_part('day', from_month) = 1", name="indicator_weights_from_a_month"),
        sa.CheckConstraint("version >= 1", name="indicator_weights_version_positive"),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "red_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("comparison", sa.String(length=2), nullable=False),
        sa.Column("threshold", sa.String(length=20), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'cleared') = (cleared_at IS NOT NULL)", name="red_flag_cleared_has_time"
        ),
        sa.CheckConstraint("state IN ('raised', 'ordered', 'cleared')", name="red_flag_state_known"),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("red_flag_court", "red_flag", ["court_code", "raised_at"], unique=False)
    op.create_index(
        "red_flag_one_open",
        "red_flag",
        ["indicator", "court_code"],
        unique=True,
        postgresql_where=sa.text("state <> 'cleared'"),
    )
    op.create_table(
        "red_flag_order",
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month_before", sa.Date(), nullable=False),
        sa.Column("numerator_before", sa.BigInteger(), nullable=False),
        sa.Column("denominator_before", sa.BigInteger(), nullable=False),
        sa.Column("month_after", sa.Date(), nullable=True),
        sa.Column("numerator_after", sa.BigInteger(), nullable=True),
        sa.Column("denominator_after", sa.BigInteger(), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(measured_at IS NULL) = (month_after IS NULL)", name="red_flag_order_measured_for_a_month"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"],
            ["red_flag.id"],
        ),
        sa.ForeignKeyConstraint(
            ["instruction_id"],
            ["court_order.instruction_id"],
        ),
        sa.PrimaryKeyConstraint("instruction_id"),
    )
    op.create_index("red_flag_order_flag", "red_flag_order", ["flag_id", "made_at"], unique=False)
    op.create_index(
        "red_flag_order_unmeasured",
        "red_flag_order",
        ["made_at"],
        unique=False,
        postgresql_where=sa.text("measured_at IS NULL"),
    )
    # By the driver itself: SQLAlchemy would take colons and percent signs in functions for placeholders.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    # What the city has done so far counts too: the first refresh finds the facts of every row.
    for every_row in (
        "INSERT INTO indicator_mark (subject, subject_id) SELECT 'lot', id FROM lot WHERE NOT is_practice",
        "INSERT INTO indicator_mark (subject, subject_id) SELECT 'asset', id FROM asset",
        "INSERT INTO indicator_mark (subject, subject_id) SELECT 'transfer', id FROM transfer_request",
        "INSERT INTO indicator_mark (subject, subject_id) SELECT 'instruction', id FROM instruction",
        "INSERT INTO indicator_mark (subject, subject_id) SELECT 'objection', id FROM objection",
        "INSERT INTO indicator_mark (subject, subject_id) SELECT 'survey', id FROM survey",
    ):
        op.execute(every_row)


def downgrade() -> None:
    for table, triggers in COUNTED.items():
        for trigger in triggers:
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute("DROP FUNCTION mark_for_indicators()")
    for table in (
        "red_flag_order",
        "red_flag",
        "indicator_weights",
        "indicator_correction",
        "indicator_frozen_fact",
        "indicator_frozen_figure",
        "indicator_frozen_month",
        "indicator_figure",
        "indicator_fact",
        "indicator_mark",
    ):
        op.drop_table(table)

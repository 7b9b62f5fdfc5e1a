"""Figures that are added to instead of counted again; conclusions and complaints count (K-12, K-26, K-29).

Revision: 0049; follows: 0048
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

WHOLE = "CAST('00000000-0000-0000-0000-000000000000' AS uuid)"
SPREAD = "('K-13', 'K-14', 'K-15', 'K-16', 'K-16b', 'K-23b')"
COUNTED_ONCE = (
    f"""
    INSERT INTO indicator_spread (indicator, court_code, month, team_id, value, count)
    SELECT indicator, court_code, month, coalesce(team_id, {WHOLE}), numerator, count(*)
      FROM indicator_fact WHERE indicator IN {SPREAD}
     GROUP BY GROUPING SETS ((indicator, court_code, month, numerator), (indicator, court_code, month, numerator, team_id))
    HAVING grouping(team_id) = 1 OR team_id IS NOT NULL
    """,  # noqa: S608
    f"""
    UPDATE indicator_figure AS figure
       SET fact_count = (SELECT count(*) FROM indicator_fact AS fact
                          WHERE fact.indicator = figure.indicator AND fact.court_code = figure.court_code
                            AND fact.month = figure.month
                            AND (figure.team_id IS NULL OR fact.team_id = figure.team_id)),
           median_below = coalesce((SELECT sum(count) FROM indicator_spread AS spread
                          WHERE spread.indicator = figure.indicator AND spread.court_code = figure.court_code
                            AND spread.month = figure.month AND spread.team_id = coalesce(figure.team_id, {WHOLE})
                            AND spread.value < figure.median), 0),
           ninth_below = coalesce((SELECT sum(count) FROM indicator_spread AS spread
                          WHERE spread.indicator = figure.indicator AND spread.court_code = figure.court_code
                            AND spread.month = figure.month AND spread.team_id = coalesce(figure.team_id, {WHOLE})
                            AND spread.value < figure.ninth_decile), 0)
    """,  # noqa: S608
    # What was concluded before counts too.
    "INSERT INTO indicator_mark (subject, subject_id) SELECT 'case', case_id FROM case_conclusion",
    # K-12 and K-29 count runs as well.
    "INSERT INTO indicator_mark (subject, subject_id) SELECT 'lot', id FROM lot WHERE NOT is_practice",
    "INSERT INTO indicator_mark (subject, subject_id) SELECT 'asset', id FROM asset",
)
"""The places of medians and deciles in what has been counted so far, and what is to be counted anew."""


def upgrade() -> None:
    op.create_table(
        "indicator_spread",
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("indicator", "court_code", "month", "team_id", "value"),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_no", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "matter IN ('notice', 'viewing', 'bidding', 'money', 'delivery', 'conduct', 'other')",
            name="complaint_matter_known",
        ),
        sa.CheckConstraint("ticket_no <> '' AND summary <> ''", name="complaint_has_words"),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket_no", name="complaint_ticket"),
    )
    op.create_index("complaint_newest", "complaint", ["received_on", "id"], unique=False)
    op.create_index("complaint_of_lot", "complaint", ["lot_id"], unique=False)
    op.create_index(op.f("ix_complaint_court_code"), "complaint", ["court_code"], unique=False)
    op.add_column(
        "indicator_figure", sa.Column("fact_count", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "indicator_figure", sa.Column("median_below", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "indicator_figure", sa.Column("ninth_below", sa.Integer(), server_default="0", nullable=False)
    )

    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    for statement in COUNTED_ONCE:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER case_conclusion_counts ON case_conclusion")
    op.drop_table("complaint")
    op.drop_table("indicator_spread")
    for column in ("fact_count", "median_below", "ninth_below"):
        op.drop_column("indicator_figure", column)

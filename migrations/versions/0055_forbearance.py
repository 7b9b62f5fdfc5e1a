"""Forbearance: sealed assets that stay in use, and hardship of debtors (善意文明执行).

Revision: 0055; follows: 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_seal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("use", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_every_days", sa.Integer(), nullable=True),
        sa.Column("must_insure", sa.Boolean(), nullable=False),
        sa.Column("insured_until", sa.Date(), nullable=True),
        sa.Column("conditions", sa.String(length=1000), nullable=False),
        sa.Column("decision", sa.String(length=1000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_note", sa.String(length=500), nullable=False),
        sa.Column("is_breach", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT is_breach OR state = 'ended'", name="live_seal_breach_ends_it"),
        sa.CheckConstraint(
            "state NOT IN ('in_force', 'ended') OR (decided_at IS NOT NULL AND report_every_days BETWEEN 1 AND 366)",
            name="live_seal_decided_with_terms",
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'refused', 'withdrawn', 'in_force', 'ended')", name="live_seal_state_known"
        ),
        sa.CheckConstraint("decided_by <> entered_by", name="live_seal_two_persons"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["asked_by"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("live_seal_of_asset", "live_seal", ["asset_id", "filed_at"], unique=False)
    op.create_index(
        "live_seal_one_open",
        "live_seal",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('filed', 'in_force')"),
    )
    op.create_table(
        "live_seal_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("live_seal_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("report", sa.String(length=1000), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by_name", sa.String(length=80), nullable=False),
        sa.CheckConstraint("(reported_at IS NULL) = (report = '')", name="live_seal_report_with_words"),
        sa.ForeignKeyConstraint(["live_seal_id"], ["live_seal.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("live_seal_id", "due_on", name="live_seal_report_day"),
    )
    op.create_table(
        "hardship_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("circumstances", sa.String(length=2000), nullable=False),
        sa.Column("needs", sa.String(length=1000), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=False),
        sa.Column("file_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("reserved", sa.String(length=1000), nullable=False),
        sa.Column("monthly_fen", sa.BigInteger(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'filed') = (decided_at IS NULL)", name="hardship_note_decided_with_its_day"
        ),
        sa.CheckConstraint(
            "kind IN ('illness', 'dependants', 'disability', 'low_income', 'disaster', 'other')",
            name="hardship_note_kind_known",
        ),
        sa.CheckConstraint("monthly_fen >= 0", name="hardship_note_monthly_not_negative"),
        sa.CheckConstraint(
            "state IN ('filed', 'recognised', 'partly', 'refused')", name="hardship_note_state_known"
        ),
        sa.CheckConstraint("decided_by <> entered_by", name="hardship_note_two_persons"),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("hardship_note_of_case", "hardship_note", ["case_id", "filed_at"], unique=False)
    op.create_index(
        "hardship_note_one_open",
        "hardship_note",
        ["party_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'filed'"),
    )
    op.create_index(
        "hardship_note_waiting",
        "hardship_note",
        ["court_code"],
        unique=False,
        postgresql_where=sa.text("state = 'filed'"),
    )
    op.execute("SELECT practice.renew()")


def downgrade() -> None:
    op.drop_table("hardship_note")
    op.drop_table("live_seal_report")
    op.drop_table("live_seal")

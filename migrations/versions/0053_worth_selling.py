"""Whether a sale is worth while: no surplus, excess, requests of the parties (A-23, A-24, A-25).

Revision: 0053; follows: 0052
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "surplus_test",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("reserve_fen", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("surplus_fen", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("tested_by", sa.Uuid(), nullable=True),
        sa.Column("tested_by_name", sa.String(length=80), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("goes_on", sa.Boolean(), nullable=True),
        sa.Column("answer_proof", sa.String(length=200), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(goes_on IS NULL) = (answered_at IS NULL)", name="surplus_test_answer_with_its_day"
        ),
        sa.CheckConstraint(
            "goes_on IS NULL OR asked_at IS NOT NULL", name="surplus_test_asked_before_answered"
        ),
        sa.CheckConstraint(
            "outcome IN ('clear', 'not_applicable', 'ask_applicant', 'go_on_above', 'stop')",
            name="surplus_test_outcome_known",
        ),
        sa.CheckConstraint("reserve_fen > 0", name="surplus_test_reserve_positive"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("surplus_test_of_asset", "surplus_test", ["asset_id", "tested_at"], unique=False)
    op.create_index(
        "surplus_test_waiting",
        "surplus_test",
        ["court_code"],
        unique=False,
        postgresql_where=sa.text("asked_at IS NOT NULL AND goes_on IS NULL"),
    )
    op.create_table(
        "excess_measure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("needed_fen", sa.BigInteger(), nullable=False),
        sa.Column("held_fen", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("whole_units", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "units IS NULL OR (units > 0 AND units < whole_units)", name="excess_measure_a_real_part"
        ),
        sa.CheckConstraint("cardinality(members) >= 3", name="excess_measure_by_a_panel"),
        sa.CheckConstraint(
            "(way = 'part') = (units IS NOT NULL AND whole_units IS NOT NULL)",
            name="excess_measure_part_says_how_much",
        ),
        sa.CheckConstraint("way IN ('hold_back', 'release', 'part')", name="excess_measure_way_known"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("excess_measure_of_case", "excess_measure", ["case_id"], unique=False)
    op.create_index(
        "excess_measure_one_open",
        "excess_measure",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "sale_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("asset_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(asset_ids) > 0", name="sale_wish_about_assets"),
        sa.CheckConstraint(
            "(state IN ('accepted', 'refused')) = (answered_at IS NOT NULL AND answer <> '')",
            name="sale_wish_answered_with_reasons",
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'accepted', 'refused', 'withdrawn')", name="sale_wish_state_known"
        ),
        sa.CheckConstraint(
            "wish IN ('together', 'separately', 'in_order', 'all')", name="sale_wish_wish_known"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sale_wish_of_case", "sale_wish", ["case_id", "filed_at"], unique=False)
    op.create_index(
        "sale_wish_one_open",
        "sale_wish",
        ["case_id", "party_id", "wish"],
        unique=True,
        postgresql_where=sa.text("state = 'filed'"),
    )
    op.create_index(
        "sale_wish_waiting",
        "sale_wish",
        ["court_code"],
        unique=False,
        postgresql_where=sa.text("state = 'filed'"),
    )
    op.execute("SELECT practice.renew()")


def downgrade() -> None:
    op.drop_table("sale_wish")
    op.drop_table("excess_measure")
    op.drop_table("surplus_test")

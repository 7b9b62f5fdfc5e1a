"""How cases are concluded and resumed, and what was seen at the first court (§11.9, T-13).

Revision: 0045; follows: 0044
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_conclusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("applied_fen", sa.BigInteger(), nullable=False),
        sa.Column("sales_fen", sa.BigInteger(), nullable=False),
        sa.Column("other_fen", sa.BigInteger(), nullable=False),
        sa.Column("other_note", sa.String(length=300), nullable=False),
        sa.Column("realised_fen", sa.BigInteger(), nullable=False),
        sa.Column("had_property", sa.Boolean(), nullable=False),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("minutes", sa.String(length=2000), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_why", sa.String(length=500), nullable=False),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("new_case_id", sa.Uuid(), nullable=True),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_by_name", sa.String(length=80), nullable=False),
        sa.Column("resume_ground", sa.String(length=40), nullable=True),
        sa.Column("resume_note", sa.String(length=1000), nullable=False),
        sa.Column("resume_document_id", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="case_conclusion_decided"),
        sa.CheckConstraint(
            "(state = 'resumed') = (resumed_at IS NOT NULL) AND (state <> 'resumed' OR way = 'no_result')",
            name="case_conclusion_resumed",
        ),
        sa.CheckConstraint(
            "(state IN ('concluded', 'resumed')) = (concluded_on IS NOT NULL)",
            name="case_conclusion_has_a_day",
        ),
        sa.CheckConstraint(
            "ground IN ('paid_by_debtor', 'enforced', 'settlement_kept', 'nothing_found', 'not_realisable', 'waiting_only', 'withdrawn', 'title_revoked', 'party_ended', 'bankruptcy', 'other_court_first', 'goes_on_elsewhere', 'award_refused', 'notary_refused', 'not_admissible', 'other')",
            name="case_conclusion_ground_known",
        ),
        sa.CheckConstraint(
            "resume_ground IN ('property_found', 'transfer_received', 'share_paid', 'other')",
            name="case_conclusion_resume_ground_known",
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'refused') OR way IN ('fulfilled', 'struck_off') OR cardinality(members) >= 3",
            name="case_conclusion_ruled_by_a_panel",
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'refused', 'concluded', 'resumed')", name="case_conclusion_state_known"
        ),
        sa.CheckConstraint(
            "way IN ('fulfilled', 'no_result', 'terminated', 'struck_off', 'not_enforced', 'dismissed')",
            name="case_conclusion_way_known",
        ),
        sa.CheckConstraint(
            "applied_fen >= 0 AND sales_fen >= 0 AND other_fen >= 0 AND realised_fen BETWEEN 0 AND applied_fen",
            name="case_conclusion_amounts",
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name="case_conclusion_two_persons"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["new_case_id"],
            ["enforcement_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "case_conclusion_desk", "case_conclusion", ["court_code", "state", "proposed_at"], unique=False
    )
    op.create_index(
        "case_conclusion_new_case",
        "case_conclusion",
        ["new_case_id"],
        unique=False,
        postgresql_where=sa.text("new_case_id IS NOT NULL"),
    )
    op.create_index("case_conclusion_of_case", "case_conclusion", ["case_id", "proposed_at"], unique=False)
    op.create_index(
        "case_conclusion_one_open",
        "case_conclusion",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'concluded')"),
    )
    op.create_table(
        "first_court_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("first_court_code", sa.String(), nullable=False),
        sa.Column("asset_state", sa.String(length=40), nullable=False),
        sa.Column("first_listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_by_name", sa.String(length=80), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["first_court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "first_court_check_newest", "first_court_check", ["case_id", "asset_id", "checked_at"], unique=False
    )
    op.add_column(
        "enforcement_case", sa.Column("course", sa.String(), server_default="first", nullable=False)
    )

    op.execute(
        """
        UPDATE enforcement_case
           SET course = CASE WHEN case_no LIKE '%执恢%' THEN 'resumed' WHEN case_no ~ '执[0-9]+号' THEN 'first' ELSE 'none' END
        """
    )
    op.create_check_constraint(
        "enforcement_case_course_known",
        "enforcement_case",
        "course IN ('first', 'resumed', 'none')",
    )


def downgrade() -> None:
    op.drop_constraint("enforcement_case_course_known", "enforcement_case", type_="check")
    op.drop_column("enforcement_case", "course")
    op.drop_table("first_court_check")
    op.drop_table("case_conclusion")

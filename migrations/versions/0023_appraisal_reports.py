"""Uploaded appraisal reports, demands to correct them, inspections, and objections to reports (V-22, V-24, V-31, V-32).

Revision: 0023; follows: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "report_demand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(length=500), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("explanation", sa.String(length=2000), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "cause IN ('wrong_basics', 'excess_or_omission', 'other_firm', 'signers_not_qualified', 'other')",
            name="report_demand_cause_known",
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["appraisal_engagement.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["appraisal_report.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "report_demand_one_open",
        "report_demand",
        ["valuation_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "site_inspection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("called", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("held_at", MOMENT, nullable=True),
        sa.Column("present", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("witness", sa.String(length=120), nullable=False),
        sa.Column("was_refused", sa.Boolean(), nullable=False),
        sa.Column("force_measure", sa.String(length=300), nullable=False),
        sa.Column("findings", sa.String(length=1000), nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.CheckConstraint("NOT was_refused OR force_measure <> ''", name="site_inspection_refusal_is_met"),
        sa.CheckConstraint(
            "held_at IS NULL OR present @> called OR witness <> ''",
            name="site_inspection_absence_is_witnessed",
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["appraisal_engagement.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "site_inspection_one_open",
        "site_inspection",
        ["engagement_id"],
        unique=True,
        postgresql_where=sa.text("held_at IS NULL AND cancelled_at IS NULL"),
    )
    op.add_column("appraisal_report", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        "appraisal_report", sa.Column("signers", sa.String(length=200), nullable=False, server_default="")
    )
    op.add_column("appraisal_report", sa.Column("file_id", sa.Uuid(), nullable=True))
    op.add_column("appraisal_report", sa.Column("file_sha256", sa.LargeBinary(), nullable=True))
    op.add_column("appraisal_report", sa.Column("file_pages", sa.Integer(), nullable=True))
    op.add_column(
        "appraisal_report", sa.Column("mentions", sa.ARRAY(sa.String()), nullable=False, server_default="{}")
    )
    for name in ("version", "signers", "mentions"):
        op.alter_column("appraisal_report", name, server_default=None)
    op.execute(
        """
        UPDATE appraisal_report AS r SET version = n.version FROM (
            SELECT id, row_number() OVER (PARTITION BY valuation_id ORDER BY entered_at, id) AS version FROM appraisal_report
        ) AS n WHERE n.id = r.id
        """
    )
    op.create_check_constraint(
        "appraisal_report_file_is_complete",
        "appraisal_report",
        "(file_id IS NULL) = (file_sha256 IS NULL) AND (file_id IS NULL) = (file_pages IS NULL)",
    )
    op.drop_index("appraisal_report_valuation", table_name="appraisal_report")
    op.create_unique_constraint("appraisal_report_version", "appraisal_report", ["valuation_id", "version"])
    op.create_foreign_key(None, "appraisal_report", "sealed_file", ["file_id"], ["id"])
    for table in ("report_demand", "site_inspection"):
        op.execute(
            f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()"
        )
    _objections()


def _objections() -> None:
    op.create_table(
        "report_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("grounds", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("platforms", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("reasons", sa.String(length=2000), nullable=False),
        sa.Column("paper_ref", sa.String(length=120), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("answer_due_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("contest_due_at", MOMENT, nullable=True),
        sa.Column("contested_at", MOMENT, nullable=True),
        sa.Column("contest_reason", sa.String(length=1000), nullable=False),
        sa.Column("review_due_at", MOMENT, nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("conclusion", sa.String(length=2000), nullable=False),
        sa.Column("review_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (outcome IS NOT NULL AND closed_at IS NOT NULL)",
            name="report_objection_closed_has_outcome",
        ),
        sa.CheckConstraint(
            "(verdict = 'other_price') = (review_price_fen IS NOT NULL)", name="report_objection_review_price"
        ),
        sa.CheckConstraint(
            "outcome IN ('founded', 'dismissed', 'not_accepted', 'explained', 'corrected', 'withdrawn', 'superseded')",
            name="report_objection_outcome_known",
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR contest_due_at IS NOT NULL", name="report_objection_contest_has_end"
        ),
        sa.CheckConstraint(
            "state <> 'answering' OR answer_due_at IS NOT NULL", name="report_objection_answer_has_end"
        ),
        sa.CheckConstraint(
            "state <> 'ruling' OR objection_id IS NOT NULL", name="report_objection_before_panel"
        ),
        sa.CheckConstraint(
            "state IN ('ruling', 'sending', 'answering', 'answered', 'review', 'closed')",
            name="report_objection_state_known",
        ),
        sa.CheckConstraint(
            "verdict IN ('upheld', 'other_price', 'firm_corrects')", name="report_objection_verdict_known"
        ),
        sa.CheckConstraint("cardinality(grounds) > 0", name="report_objection_has_grounds"),
        sa.CheckConstraint("review_price_fen > 0", name="report_objection_review_price_positive"),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["appraisal_report.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["result_service.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("objection_id", name="report_objection_case"),
        sa.UniqueConstraint("service_id", name="report_objection_once"),
    )
    op.create_index(
        "report_objection_answer_due",
        "report_objection",
        ["answer_due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'answering'"),
    )
    op.create_index(
        "report_objection_contest_due",
        "report_objection",
        ["contest_due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'answered'"),
    )
    op.create_index("report_objection_valuation", "report_objection", ["valuation_id"], unique=False)
    op.add_column("objection", sa.Column("valuation_id", sa.Uuid(), nullable=True))
    op.drop_index("objection_one_open_per_person", table_name="objection")
    op.create_index(
        "objection_one_open_per_person",
        "objection",
        ["asset_id", "kind", "filer_account_id"],
        unique=True,
        postgresql_where=sa.text(
            "state <> 'final' AND filer_account_id IS NOT NULL AND valuation_id IS NULL"
        ),
    )
    op.add_column(
        "result_service", sa.Column("is_superseded", sa.Boolean(), nullable=False, server_default="false")
    )
    op.alter_column("result_service", "is_superseded", server_default=None)
    op.drop_constraint(op.f("result_service_once"), "result_service", type_="unique")
    op.create_index(
        "result_service_once",
        "result_service",
        ["valuation_id", "party_id"],
        unique=True,
        postgresql_where=sa.text("NOT is_superseded"),
    )
    op.execute(
        "CREATE OR REPLACE TRIGGER report_objection_kept BEFORE DELETE OR TRUNCATE ON report_objection "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()"
    )

"""Orders of the court above and applications under the six-month rule (T-20, T-23).

Revision: 0020; follows: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inaction_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("superior_court", sa.String(length=8), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("applicant", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("stopped_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decided_why", sa.String(length=2000), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'decided') = (decision IS NOT NULL)", name="inaction_decided_with_words"
        ),
        sa.CheckConstraint(
            "decision IN ('time_limit', 'taken', 'elsewhere', 'dismissed')",
            name="inaction_request_decision_known",
        ),
        sa.CheckConstraint("state IN ('filed', 'decided', 'withdrawn')", name="inaction_request_state_known"),
        sa.CheckConstraint("stopped_days >= 0", name="inaction_stopped_days_not_negative"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["superior_court"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("inaction_of_account", "inaction_request", ["account_id"], unique=False)
    op.create_index(
        "inaction_one_open",
        "inaction_request",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'filed'"),
    )
    op.create_index(
        "inaction_to_decide", "inaction_request", ["superior_court", "state", "filed_at"], unique=False
    )
    op.create_table(
        "court_order",
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("superior_court", sa.String(length=8), nullable=False),
        sa.Column("old_court", sa.String(length=8), nullable=False),
        sa.Column("chosen_court", sa.String(length=8), nullable=False),
        sa.Column("old_case_id", sa.Uuid(), nullable=False),
        sa.Column("new_case_id", sa.Uuid(), nullable=True),
        sa.Column("inaction_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("panel", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("moved_assets", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruling_document_id", sa.Uuid(), nullable=True),
        sa.Column("closing_document_id", sa.Uuid(), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_why", sa.String(length=2000), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_why", sa.String(length=2000), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('find', 'serve', 'seal', 'evict', 'participate', 'entrust', 'coordinate', 'ask_superior', 'urge', 'joint', 'designate', 'raise', 'concentrate')",
            name="court_order_kind_known",
        ),
        sa.CheckConstraint(
            "kind IN ('urge', 'joint') OR cardinality(panel) >= 3", name="court_order_moved_by_a_panel"
        ),
        sa.CheckConstraint(
            "kind IN ('urge', 'joint', 'designate', 'raise', 'concentrate')",
            name="court_order_kind_from_above",
        ),
        sa.CheckConstraint("verdict IN ('upheld', 'revoked')", name="court_order_verdict_known"),
        sa.CheckConstraint("(verdict IS NULL) = (judged_at IS NULL)", name="court_order_verdict_dated"),
        sa.CheckConstraint("verdict IS NULL OR asked_at IS NOT NULL", name="court_order_judged_when_asked"),
        sa.ForeignKeyConstraint(
            ["chosen_court"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["instruction_id"],
            ["instruction.id"],
        ),
        sa.ForeignKeyConstraint(
            ["new_case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["old_case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["old_court"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["superior_court"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("instruction_id"),
    )
    op.create_index("court_order_chosen", "court_order", ["chosen_court", "served_at"], unique=False)
    op.create_index("court_order_old_case", "court_order", ["old_case_id"], unique=False)
    op.create_index(
        "court_order_to_file",
        "court_order",
        ["chosen_court", "file_due_at"],
        unique=False,
        postgresql_where=sa.text(
            "file_due_at IS NOT NULL AND new_case_id IS NULL AND verdict IS DISTINCT FROM 'revoked'"
        ),
    )

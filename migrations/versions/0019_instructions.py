"""Instructions between courts, their files and numbers (§7.5, §11.7, T-25).

Revision: 0019; follows: 0018
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instruction_counter",
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("court_code", "year"),
    )
    op.create_table(
        "instruction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("from_court", sa.String(length=8), nullable=False),
        sa.Column("to_court", sa.String(length=8), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("linked_case_no", sa.String(length=40), nullable=False),
        sa.Column("party_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("request", sa.String(length=2000), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("drafted_by_name", sa.String(length=80), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee_account_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(length=20), nullable=True),
        sa.Column("return_note", sa.String(length=1000), nullable=False),
        sa.Column("return_answer", sa.String(length=1000), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_reason", sa.String(length=1000), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("feedback", sa.String(length=4000), nullable=False),
        sa.Column("feedback_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection", sa.String(length=1000), nullable=False),
        sa.Column("acceptance", sa.String(length=20), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_overdue", sa.Integer(), nullable=False),
        sa.Column("escalation", sa.String(length=20), nullable=True),
        sa.Column("sheet_document_id", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('draft', 'closed', 'withdrawn')) = (due_at IS NULL)",
            name="instruction_clock_while_open",
        ),
        sa.CheckConstraint("acceptance IN ('accepted', 'by_silence')", name="instruction_acceptance_known"),
        sa.CheckConstraint(
            "escalation IN ('director', 'bureau', 'bulletin')", name="instruction_escalation_known"
        ),
        sa.CheckConstraint(
            "kind IN ('find', 'serve', 'seal', 'evict', 'participate', 'entrust', 'coordinate', 'ask_superior', 'urge', 'joint', 'designate', 'raise', 'concentrate')",
            name="instruction_kind_known",
        ),
        sa.CheckConstraint("result IN ('done', 'partly', 'impossible')", name="instruction_result_known"),
        sa.CheckConstraint(
            "return_reason IN ('papers_missing', 'wrong_court')", name="instruction_return_reason_known"
        ),
        sa.CheckConstraint(
            "state <> 'closed' OR (acceptance IS NOT NULL AND result IS NOT NULL)",
            name="instruction_closed_with_a_result",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'awaiting_approval', 'sent', 'signed_in', 'assigned', 'in_progress', 'returned', 'feedback', 'closed', 'withdrawn')",
            name="instruction_state_known",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'awaiting_approval', 'withdrawn') OR (number IS NOT NULL AND sent_at IS NOT NULL)",
            name="instruction_numbered_when_sent",
        ),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'in_progress') OR assignee_account_id IS NOT NULL",
            name="instruction_worked_on_by_somebody",
        ),
        sa.CheckConstraint("urgency IN ('normal', 'urgent', 'critical')", name="instruction_urgency_known"),
        sa.CheckConstraint("from_court <> to_court", name="instruction_between_two_courts"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["assignee_account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_court"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["to_court"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("instruction_asset", "instruction", ["asset_id"], unique=False)
    op.create_index("instruction_case", "instruction", ["case_id"], unique=False)
    op.create_index(
        "instruction_check",
        "instruction",
        ["next_check_at"],
        unique=False,
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index(
        "instruction_inbox",
        "instruction",
        ["to_court", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('assigned', 'feedback', 'in_progress', 'returned', 'sent', 'signed_in')"
        ),
    )
    op.create_index(
        "instruction_inbox_state", "instruction", ["to_court", "state", "due_at", "id"], unique=False
    )
    op.create_index(
        "instruction_load",
        "instruction",
        ["assignee_account_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('assigned', 'in_progress')"),
    )
    op.create_index("instruction_newest_in", "instruction", ["to_court", "id"], unique=False)
    op.create_index("instruction_newest_out", "instruction", ["from_court", "id"], unique=False)
    op.create_index("instruction_number", "instruction", ["number"], unique=True)
    op.create_index(
        "instruction_outbox",
        "instruction",
        ["from_court", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('assigned', 'awaiting_approval', 'draft', 'feedback', 'in_progress', 'returned', 'sent', 'signed_in')"
        ),
    )
    op.create_index(
        "instruction_outbox_state", "instruction", ["from_court", "state", "due_at", "id"], unique=False
    )
    op.create_table(
        "instruction_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("paper", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("sealed_file_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_by_name", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('request', 'feedback')", name="instruction_file_side_known"),
        sa.CheckConstraint(
            "(sealed_file_id IS NULL) <> (document_id IS NULL)", name="instruction_file_is_one_thing"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["instruction_id"],
            ["instruction.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sealed_file_id"],
            ["sealed_file.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("instruction_file_of", "instruction_file", ["instruction_id", "id"], unique=False)
    # By the driver itself: SQLAlchemy would take colons and percent signs in functions for placeholders.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))

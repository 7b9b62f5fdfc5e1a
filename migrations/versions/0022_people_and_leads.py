"""The public directory, the talent pool, and leads from the public.

Revision: 0022; follows: 0021
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lead_count",
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("on_day", "place"),
    )
    op.create_table(
        "office_phone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("hours", sa.String(length=60), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('duty', 'centre', 'officer')", name="office_phone_kind_known"),
        sa.CheckConstraint("phone ~ '^[0-9][0-9 -]{2,28}$'", name="office_phone_is_a_number"),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("office_phone_court", "office_phone", ["court_code", "kind", "name"], unique=False)
    op.create_table(
        "talent",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("skills", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("is_expert", sa.Boolean(), nullable=False),
        sa.Column("merits", sa.String(length=500), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_index("talent_court", "talent", ["court_code"], unique=False)
    op.create_table(
        "lead",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handler_account_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(length=30), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('answered', 'not_pursued')) = (result IS NOT NULL AND due_at IS NULL)",
            name="lead_over_with_a_result",
        ),
        sa.CheckConstraint(
            "result IN ('found', 'known_already', 'nothing_found', 'not_this_court', 'too_vague')",
            name="lead_result_known",
        ),
        sa.CheckConstraint(
            "state IN ('received', 'checking', 'answered', 'not_pursued')", name="lead_state_known"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["handler_account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("lead_newest", "lead", ["court_code", "id"], unique=False)
    op.create_index("lead_number", "lead", ["number"], unique=True)
    op.create_index(
        "lead_open",
        "lead",
        ["court_code", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    # By the driver itself, as the other releases do.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))

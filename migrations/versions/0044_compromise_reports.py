"""What the parties tell the court of how a compromise is performed (A-29).

Revision: 0044; follows: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "compromise_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("compromise_id", sa.Uuid(), nullable=False),
        sa.Column("instalment_id", sa.Uuid(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("founded", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('paid', 'breach')", name="compromise_report_kind_known"),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (founded IS NULL)", name="compromise_report_answered_with_a_finding"
        ),
        sa.CheckConstraint(
            "(kind = 'paid') = (instalment_id IS NOT NULL)", name="compromise_report_paid_names_an_instalment"
        ),
        sa.ForeignKeyConstraint(["compromise_id"], ["compromise.id"]),
        sa.ForeignKeyConstraint(["instalment_id"], ["compromise_instalment.id"]),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "compromise_report_of", "compromise_report", ["compromise_id", "reported_at"], unique=False
    )
    op.create_index(
        "compromise_report_one_open",
        "compromise_report",
        ["compromise_id", "kind"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.execute("SELECT practice.renew()")


def downgrade() -> None:
    op.drop_table("compromise_report")

"""The half-yearly search of cases that ended without full result.

Revision: 0061; follows: 0060
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "property_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conclusion_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("channels", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("findings", sa.String(length=2000), nullable=False),
        sa.Column("dropped_why", sa.String(length=500), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_by_name", sa.String(length=80), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('nothing', 'found')) = (done_at IS NOT NULL)", name="property_search_done"
        ),
        sa.CheckConstraint(
            "done_at IS NULL OR cardinality(channels) > 0", name="property_search_done_somewhere"
        ),
        sa.CheckConstraint(
            "state IN ('due', 'nothing', 'found', 'cancelled')", name="property_search_state_known"
        ),
        sa.ForeignKeyConstraint(["conclusion_id"], ["case_conclusion.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conclusion_id", "number", name="property_search_number"),
    )
    op.create_index(
        "property_search_desk", "property_search", ["court_code", "state", "due_on"], unique=False
    )
    op.create_index(
        "property_search_one_due",
        "property_search",
        ["conclusion_id"],
        unique=True,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(op.f("ix_property_search_case_id"), "property_search", ["case_id"], unique=False)
    op.execute("SELECT practice.renew()")


def downgrade() -> None:
    op.drop_table("property_search")
    op.execute("SELECT practice.renew()")

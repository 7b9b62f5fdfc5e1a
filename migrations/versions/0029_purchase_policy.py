"""The policy table of the cities' purchase limits, in versions that nobody rewrites (B-17).

Revision: 0029; follows: 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purchase_policy",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name="purchase_policy_version_positive"),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("version"),
    )
    op.execute(
        "CREATE TRIGGER purchase_policy_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON purchase_policy "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )

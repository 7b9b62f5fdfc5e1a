"""The calendar of a team by an address of its own.

Revision: 0062; follows: 0061
"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_calendar",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_name", sa.String(length=80), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["disposal_team.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("team_calendar_token", "team_calendar", ["token_hash"], unique=True)
    op.create_index(
        "team_calendar_one",
        "team_calendar",
        ["team_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.execute("SELECT practice.renew()")


def downgrade() -> None:
    op.drop_table("team_calendar")
    op.execute("SELECT practice.renew()")

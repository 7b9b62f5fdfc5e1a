"""Alarms of clocks, when a breach was answered, and calendars by a secret address (§12.1, C-08).

Revision: 0039; follows: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deadline", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deadline", sa.Column("alarm_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "deadline_alarm",
        "deadline",
        ["alarm_at"],
        postgresql_where=sa.text("state = 'running' AND alarm_at IS NOT NULL"),
    )
    # What runs already is looked at once by the worker, which finds the alarm that comes next.
    op.execute("UPDATE deadline SET alarm_at = started_at WHERE state = 'running'")
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('mine', 'team', 'court')", name="calendar_feed_scope_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("calendar_feed_token", "calendar_feed", ["token_hash"], unique=True)
    op.create_index(
        "calendar_feed_one",
        "calendar_feed",
        ["account_id", "scope"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.drop_index("deadline_alarm", "deadline")
    op.drop_column("deadline", "alarm_at")
    op.drop_column("deadline", "answered_at")

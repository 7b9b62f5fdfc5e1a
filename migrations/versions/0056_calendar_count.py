"""Clocks that are counted again when the holiday calendar changes.

Open clocks of periods that holidays move take their present last day as the day counted: from here on it moves only when that
very day becomes a holiday.

Revision: 0056; follows: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

ROLL = [
    "L-01",
    "L-02",
    "L-03",
    "L-04",
    "L-07",
    "L-07送交",
    "L-08",
    "L-13",
    "L-18",
    "L-19",
    "L-20",
    "L-21",
    "L-22",
    "L-23",
    "L-25",
    "L-26",
    "L-27",
    "L-29",
    "L-30",
    "L-32",
    "L-33",
    "L-34",
    "L-35",
    "L-35复议",
    "L-35复议审查",
    "L-36",
    "L-36起诉",
    "L-42",
    "L-44",
    "A-09",
    "A-10",
    "B-05",
    "B-35",
    "B-60立案",
    "B-60通知",
    "T-03",
    "T-04",
    "T-05",
    "T-20",
    "T-25",
    "V-02",
    "V-20",
    "V-24",
    "V-31评审",
    "V-32",
    "X-09",
    "LEAD",
]


def upgrade() -> None:
    op.create_table(
        "calendar_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("moved BETWEEN 0 AND seen", name="calendar_count_moved_of_seen"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("deadline", sa.Column("last_day", sa.Date(), nullable=True))
    op.add_column("deadline", sa.Column("working_days", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("deadline", "working_days", server_default=None)
    deadline = sa.table(
        "deadline",
        sa.column("rule"),
        sa.column("state"),
        sa.column("due_at"),
        sa.column("last_day"),
        sa.column("stops"),
    )
    ends = sa.func.timezone("Asia/Shanghai", deadline.c.due_at)
    op.execute(
        deadline.update()
        .where(
            deadline.c.rule.in_(ROLL),
            deadline.c.state.in_(["running", "paused"]),
            ends == sa.func.date_trunc("day", ends),
            deadline.c.stops == sa.text("'[]'::jsonb"),
        )
        .values(last_day=sa.cast(ends, sa.Date) - 1)
    )
    op.execute("SELECT practice.renew()")


def downgrade() -> None:
    op.drop_column("deadline", "working_days")
    op.drop_column("deadline", "last_day")
    op.drop_table("calendar_count")
    op.execute("SELECT practice.renew()")

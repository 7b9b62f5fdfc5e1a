"""Who follows a lot, and which reminders before its start have been sent (§11.3).

Revision: 0028; follows: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lot_follow",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("follower_match", sa.LargeBinary(), nullable=False),
        sa.Column("follower_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "follower_match", name="lot_follow_once"),
    )
    op.create_index("lot_follow_person", "lot_follow", ["follower_match", "created_at"], unique=False)
    op.create_table(
        "lot_reminder",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hours > 0", name="lot_reminder_hours_positive"),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id", "starts_at", "hours"),
    )

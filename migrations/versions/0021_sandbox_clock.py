"""Sandboxes: the clock may be moved only with a permit; control and conductor of a sandbox's clock; its robots' acts.

Revision: 0021; follows: 0020
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "clock_permit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("given_at", TIME, server_default=sa.text("clock_timestamp()"), nullable=True),
        sa.CheckConstraint("id = 1", name="clock_permit_single_row"),
        sa.CheckConstraint("purpose IN ('sandbox', 'history')", name="clock_permit_purpose_known"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sandbox_control",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("skips", sa.Boolean(), nullable=False),
        sa.Column("seats_of_people", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("seen_at", TIME, nullable=True),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("next_event", sa.String(length=40), nullable=True),
        sa.Column("waits_for", sa.String(length=40), nullable=True),
        sa.Column("is_slow", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name="sandbox_control_single_row"),
        sa.CheckConstraint("speed > 0", name="sandbox_control_speed_positive"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sandbox_act",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("lot_no", sa.String(length=30), nullable=True),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("says", JSONB(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("retry_at", TIME, nullable=True),
        sa.Column("refusal", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("sandbox_act_newest", "sandbox_act", ["tried_at"])
    op.create_index("sandbox_act_subject", "sandbox_act", ["subject_id"])
    op.add_column("clock_setting", sa.Column("holds_at", TIME, nullable=True))
    # Whoever moved a clock before there were permits ran a demonstration or a test that is over: time is real again.
    op.execute("DELETE FROM clock_setting")
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    cursor.close()


def downgrade() -> None:
    """A database whose clock was moved cannot be told from a real one without these."""
    raise NotImplementedError

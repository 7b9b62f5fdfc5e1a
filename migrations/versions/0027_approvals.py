"""Transfers that need an approval (B-75).

Revision: 0027; follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfer_approval",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("authority", sa.String(length=100), nullable=False),
        sa.Column("matter", sa.String(length=300), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_no", sa.String(length=80), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("because_of_buyer", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'pending') = (answered_at IS NULL)", name="transfer_approval_answered"),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'refused')", name="transfer_approval_state_known"
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )


def downgrade() -> None:
    op.drop_table("transfer_approval")

"""More time for a balance, and the loans that pay it (B-70, B-76).

Revision: 0025; follows: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "balance_grace",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wanted_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_buyer", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state = 'granted') = (new_due_at IS NOT NULL) AND (new_due_at IS NULL OR new_due_at > old_due_at)",
            name="balance_grace_granted_is_later",
        ),
        sa.CheckConstraint(
            "(state IN ('granted', 'refused')) = (decided_at IS NOT NULL)", name="balance_grace_decided"
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'granted', 'refused', 'lapsed')", name="balance_grace_state_known"
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )
    op.create_index("balance_grace_court", "balance_grace", ["court_code", "state"], unique=False)
    op.create_table(
        "purchase_loan",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.Column("approval_no", sa.String(length=80), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
    )


def downgrade() -> None:
    op.drop_table("purchase_loan")
    op.drop_index("balance_grace_court", table_name="balance_grace")
    op.drop_table("balance_grace")

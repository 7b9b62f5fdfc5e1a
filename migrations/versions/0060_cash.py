"""Cash that two officers took by exception, and its way to finance.

Revision: 0060; follows: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cash_taking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("payer", sa.String(length=80), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("pay_into", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("taken_by_name", sa.String(length=80), nullable=False),
        sa.Column("second_officer", sa.Uuid(), nullable=False),
        sa.Column("second_name", sa.String(length=80), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_off_why", sa.String(length=300), nullable=False),
        sa.Column("handed_in_by", sa.Uuid(), nullable=True),
        sa.Column("handed_in_by_name", sa.String(length=80), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slip_ref", sa.String(length=60), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="cash_taking_positive"),
        sa.CheckConstraint("second_officer <> taken_by", name="cash_taking_two_officers"),
        sa.CheckConstraint(
            "handed_in_by <> taken_by AND handed_in_by <> second_officer", name="cash_taking_finance_apart"
        ),
        sa.CheckConstraint(
            "state = 'taken' OR confirmed_at IS NOT NULL", name="cash_taking_confirmed_by_the_second"
        ),
        sa.CheckConstraint(
            "(state = 'handed_in') = (handed_in_at IS NOT NULL AND slip_ref <> '')",
            name="cash_taking_handed_in",
        ),
        sa.CheckConstraint("state IN ('taken', 'confirmed', 'handed_in')", name="cash_taking_state_known"),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["second_officer"], ["account.id"]),
        sa.ForeignKeyConstraint(["handed_in_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number", name="cash_taking_number"),
    )
    op.create_index("cash_taking_court", "cash_taking", ["court_code", "state", "taken_at"], unique=False)
    op.create_index("cash_taking_case", "cash_taking", ["case_id"], unique=False)
    op.execute("SELECT practice.renew()")


def downgrade() -> None:
    op.drop_table("cash_taking")
    op.execute("SELECT practice.renew()")

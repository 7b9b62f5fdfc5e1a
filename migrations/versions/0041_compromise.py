"""Compromises of the parties with instalments (A-29).

Revision: 0041; follows: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "compromise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("terms", sa.String(length=2000), nullable=False),
        sa.Column("asked_ahead", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=80), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("minutes", sa.String(length=2000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state IN ('filed', 'refused', 'in_force', 'late', 'resumed', 'kept')",
            name="compromise_state_known",
        ),
        sa.CheckConstraint("decided_by <> entered_by", name="compromise_two_persons"),
        sa.CheckConstraint(
            "state = 'filed' OR (decided_at IS NOT NULL AND cardinality(members) >= 3)",
            name="compromise_decided_by_a_panel",
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("compromise_of_asset", "compromise", ["asset_id", "filed_at"], unique=False)
    op.create_index(
        "compromise_one_open",
        "compromise",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('filed', 'in_force', 'late')"),
    )
    op.create_table(
        "compromise_instalment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("compromise_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="compromise_instalment_amount_positive"),
        sa.CheckConstraint("(paid_on IS NULL) = (proof = '')", name="compromise_instalment_paid_with_proof"),
        sa.ForeignKeyConstraint(["compromise_id"], ["compromise.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("compromise_id", "position", name="compromise_instalment_order"),
    )


def downgrade() -> None:
    op.drop_table("compromise_instalment")
    op.drop_table("compromise")

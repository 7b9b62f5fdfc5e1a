"""What the nightly scan of idle seals proposes, and what a request says of its case (T-01, T-10, T-15, T-16, L-28, L-31).

Revision: 0030; follows: 0029
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BASES = "basis IN ('T-01', 'T-10', 'T-15', 'T-16')"


def upgrade() -> None:
    op.add_column("asset", sa.Column("disposal_since", sa.Date(), nullable=True))
    op.create_index("seal_waiting", "seal", ["id"], postgresql_where=sa.text("state = 'waiting'"))
    op.drop_constraint("transfer_request_basis_known", "transfer_request")
    op.create_check_constraint("transfer_request_basis_known", "transfer_request", BASES)
    op.add_column("transfer_request", sa.Column("estimated_value_fen", sa.BigInteger(), nullable=True))
    op.add_column("transfer_request", sa.Column("surplus_fen", sa.BigInteger(), nullable=True))
    op.add_column(
        "transfer_request",
        sa.Column(
            "case_statement",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            server_default=sa.text("'{}'::jsonb"),
        ),
    )
    op.alter_column("transfer_request", "case_statement", server_default=None)
    op.add_column(
        "transfer_request",
        sa.Column("reminders_sent", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.alter_column("transfer_request", "reminders_sent", server_default=None)
    op.create_table(
        "transfer_proposal",
        sa.Column("seal_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("first_court_code", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("eligible_on", sa.Date(), nullable=False),
        sa.Column("estimated_value_fen", sa.BigInteger(), nullable=True),
        sa.Column("prior_claims_fen", sa.BigInteger(), nullable=False),
        sa.Column("earlier_seals_fen", sa.BigInteger(), nullable=False),
        sa.Column("surplus_fen", sa.BigInteger(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_why", sa.String(length=500), nullable=False),
        sa.CheckConstraint(BASES, name="transfer_proposal_basis_known"),
        sa.CheckConstraint(
            "state IN ('dismissed', 'lapsed', 'open', 'taken')", name="transfer_proposal_state_known"
        ),
        sa.ForeignKeyConstraint(["seal_id"], ["seal.id"]),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["first_court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("seal_id"),
    )
    op.create_index("ix_transfer_proposal_asset_id", "transfer_proposal", ["asset_id"])
    op.create_index(
        "transfer_proposal_desk",
        "transfer_proposal",
        ["court_code", "eligible_on"],
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("transfer_proposal")
    for column in ("reminders_sent", "case_statement", "surplus_fen", "estimated_value_fen"):
        op.drop_column("transfer_request", column)
    op.drop_constraint("transfer_request_basis_known", "transfer_request")
    op.create_check_constraint(
        "transfer_request_basis_known", "transfer_request", "basis IN ('T-01', 'T-10', 'T-15')"
    )
    op.drop_index("seal_waiting", "seal")
    op.drop_column("asset", "disposal_since")

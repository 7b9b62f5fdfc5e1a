"""Stays, withdrawals and re-issues of valuations (V-34, V-35).

Revision: 0016; follows: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("valuation", sa.Column("stayed_from", sa.String(length=30), nullable=True))
    op.add_column("valuation", sa.Column("stayed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "valuation", sa.Column("ended_reason", sa.String(length=200), nullable=False, server_default="")
    )
    op.alter_column("valuation", "ended_reason", server_default=None)
    op.add_column("valuation", sa.Column("reissue_of", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        "valuation_stay_complete",
        "valuation",
        "(state = 'stayed') = (stayed_from IS NOT NULL AND stayed_at IS NOT NULL)",
    )
    op.create_foreign_key(None, "valuation", "valuation", ["reissue_of"], ["id"])

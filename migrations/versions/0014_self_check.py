"""The self-check: what it found and how far it has come.

Revision: 0014; follows: 0013
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = (
    "'bid_changed', 'bids_missing', 'bidder_differs', 'decision_differs', 'standing_differs', 'terms_changed', "
    "'result_differs', 'leaf_changed', 'checkpoint_changed', 'log_cut_off', 'audit_changed', 'time_stamp_invalid'"
)


def upgrade() -> None:
    op.create_table(
        "integrity_fault",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("detail", sa.String(length=1000), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explained_by", sa.String(length=80), nullable=True),
        sa.Column("explanation", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="integrity_fault_kind_known"),
        sa.CheckConstraint(
            "(explained_at IS NULL) = (explanation IS NULL)", name="integrity_fault_explained_with_words"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "integrity_fault_once",
        "integrity_fault",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("explained_at IS NULL"),
    )
    op.create_index("integrity_fault_newest", "integrity_fault", ["found_at"])
    op.create_table(
        "self_check",
        sa.Column("walk", sa.String(), nullable=False),
        sa.Column("next_leaf", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_size", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("walk IN ('newest', 'again')", name="self_check_walk_known"),
        sa.PrimaryKeyConstraint("walk"),
    )
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    cursor.close()


def downgrade() -> None:
    """Evidence is not taken back."""
    raise NotImplementedError

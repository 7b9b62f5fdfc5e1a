"""The self-check holds ceilings against their commitments and names what it finds (B-40, B-47).

Revision: 0032; follows: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BEFORE = (
    "kind IN ('bid_changed', 'bids_missing', 'bidder_differs', 'decision_differs', 'standing_differs', 'terms_changed', "
    "'result_differs', 'leaf_changed', 'checkpoint_changed', 'log_cut_off', 'audit_changed', 'time_stamp_invalid')"
)
AFTER = BEFORE.removesuffix(")") + ", 'ceiling_changed')"


def upgrade() -> None:
    op.drop_constraint("integrity_fault_kind_known", "integrity_fault")
    op.create_check_constraint("integrity_fault_kind_known", "integrity_fault", AFTER)

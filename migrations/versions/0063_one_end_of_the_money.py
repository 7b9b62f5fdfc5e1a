"""A sale's money is settled in its proceeds alone: the settlement of title and delivery never had that state.

Revision: 0063; follows: 0062
"""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

STATES = (
    "await_balance", "qualification_recheck", "paid_full", "ruling_issued", "ruling_served", "transfer_notice_sent", "delivered",
    "defaulted", "revoked",
)  # fmt: skip
KNOWN = (
    ("settlement", "settlement_state_known", "state"),
    ("sale_revocation", "sale_revocation_settlement_state_known", "settlement_state"),
)


def upgrade() -> None:
    _allow(STATES)


def downgrade() -> None:
    _allow((*STATES, "settled"))


def _allow(states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    for table, name, column in KNOWN:
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"{column} IN ({listed})")

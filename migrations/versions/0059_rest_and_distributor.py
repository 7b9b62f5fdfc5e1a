"""What stays due, and which court divides: when a claim was corrected (what was paid later is not in it yet), and the papers on which
a court divides that is not the first-sealing one.

Corrections made before are taken from the audit chain.

Revision: 0059; follows: 0058
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("claim_corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE party SET claim_corrected_at = corrected.at
          FROM (SELECT (details ->> 'party')::uuid AS party_id, max(recorded_at) AS at
                  FROM audit_event WHERE event = 'case.claim_corrected' GROUP BY 1) AS corrected
         WHERE corrected.party_id = party.id
        """
    )
    op.create_table(
        "distribution_leave",
        sa.Column("proceeds_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("paper_ref", sa.String(length=200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ground IN ('case_decided', 'first_court', 'superior')", name="distribution_leave_ground_known"
        ),
        sa.CheckConstraint("paper_ref <> ''", name="distribution_leave_with_paper"),
        sa.ForeignKeyConstraint(["proceeds_id"], ["proceeds.id"]),
        sa.PrimaryKeyConstraint("proceeds_id"),
    )
    op.execute("SELECT practice.renew()")


def downgrade() -> None:
    op.drop_table("distribution_leave")
    op.drop_column("party", "claim_corrected_at")
    op.execute("SELECT practice.renew()")

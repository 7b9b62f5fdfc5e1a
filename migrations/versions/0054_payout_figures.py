"""Payouts count for the indicators (K-19, K-20).

Revision: 0054; follows: 0053
"""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TRIGGERS = (
    """
    CREATE OR REPLACE TRIGGER proceeds_counts AFTER INSERT OR UPDATE OF state, paid_out_at ON proceeds
        FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('proceeds', 'id')
    """,
    """
    CREATE OR REPLACE TRIGGER deadline_of_proceeds_counts AFTER INSERT OR UPDATE OF state, due_at, done_at ON deadline
        FOR EACH ROW WHEN (NEW.subject_kind = 'proceeds') EXECUTE FUNCTION mark_for_indicators('proceeds', 'subject_id')
    """,
)


def upgrade() -> None:
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute("INSERT INTO indicator_mark (subject, subject_id) SELECT 'proceeds', id FROM proceeds")


def downgrade() -> None:
    op.execute("DROP TRIGGER deadline_of_proceeds_counts ON deadline")
    op.execute("DROP TRIGGER proceeds_counts ON proceeds")

"""A batch of bids locks and asks in one round trip, and writes in another (B-47).

Revision: 0043; follows: 0042
"""

from pathlib import Path

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The functions as they were at this release; `migrations/sql/` holds them as they are now.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    cursor.close()


def downgrade() -> None:
    op.execute("DROP FUNCTION take_to_desk, write_from_desk")

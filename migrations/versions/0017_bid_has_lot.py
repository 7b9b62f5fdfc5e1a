"""A batch of bids asks once whether its lots exist (B-42, B-47).

Revision: 0017; follows: 0016
"""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("bid_lot_id_fkey", "bid", type_="foreignkey")

    # Functions and triggers as they were at this release; `migrations/sql/` holds them as they are now.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    cursor.close()

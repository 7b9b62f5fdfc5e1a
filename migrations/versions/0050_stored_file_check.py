"""When the bytes of a file were last held against their hash, and since when they do not have it any more (P-03).

Revision: 0050; follows: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stored_file", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stored_file", sa.Column("damaged_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE stored_file SET checked_at = created_at")
    op.alter_column("stored_file", "checked_at", nullable=False)
    op.create_index("stored_file_check", "stored_file", ["checked_at"])


def downgrade() -> None:
    op.drop_index("stored_file_check", "stored_file")
    op.drop_column("stored_file", "damaged_at")
    op.drop_column("stored_file", "checked_at")

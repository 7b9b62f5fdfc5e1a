"""Notices that would tie a person to a lot are sealed (P-01).

Revision: 0002; follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        "notice_sealed_says_nothing",
        "notice",
        "sealed IS NULL OR (title = '{}' AND body = '{}' AND link IS NULL)",
    )

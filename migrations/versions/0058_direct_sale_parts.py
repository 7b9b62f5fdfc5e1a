"""Several assets sold off as one lot without an auction: what of the price belongs to each.

Revision: 0058; follows: 0057
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("direct_sale", sa.Column("parts", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("direct_sale", "parts", server_default=None)


def downgrade() -> None:
    op.drop_column("direct_sale", "parts")

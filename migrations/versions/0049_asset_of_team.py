"""The assets of a team by an index of their own.

Revision: 0049; follows: 0048
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("asset_of_team", "asset", ["team_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("asset_of_team", table_name="asset")

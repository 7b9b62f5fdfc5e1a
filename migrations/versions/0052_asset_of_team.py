"""The assets of a team by an index of their own.

Revision: 0052; follows: 0051
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("asset_of_team", "asset", ["team_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("asset_of_team", table_name="asset")

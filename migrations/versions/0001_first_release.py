"""First release: every table, constraint, function and trigger.

Revision: 0001; follows: none
"""

from alembic import op

from migrations.all_models import metadata
from migrations.run import apply_functions

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    metadata.create_all(op.get_bind())
    apply_functions(op.get_bind())


def downgrade() -> None:
    """There is nothing before the first release."""
    raise NotImplementedError

"""Ceilings on the practice lot: its schema has a copy of their table too.

Revision: 0057; follows: 0056
"""

from pathlib import Path

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    _run(Path(__file__).with_name("0018_practice.sql"))
    op.execute("DROP TABLE practice.ceiling")


def _run(script: Path) -> None:
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script.read_text(encoding="utf-8"))
    cursor.close()

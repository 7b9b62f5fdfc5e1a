"""Several assets sold together as one lot (B-03, B-10).

Revision: 0036; follows: 0035
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lot_part",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reference_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("position >= 1", name="lot_part_position_positive"),
        sa.CheckConstraint("reference_price_fen > 0", name="lot_part_reference_positive"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.PrimaryKeyConstraint("lot_id", "asset_id"),
        sa.UniqueConstraint("lot_id", "position", name="lot_part_order"),
    )
    op.create_index("lot_part_asset", "lot_part", ["asset_id"], unique=False)
    op.execute(
        "CREATE TRIGGER lot_part_kept BEFORE DELETE OR TRUNCATE ON lot_part "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()"
    )
    op.add_column(
        "panel_decision",
        sa.Column("together", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}"),
    )
    op.alter_column("panel_decision", "together", server_default=None)
    op.add_column("panel_decision", sa.Column("together_because", sa.String(length=40), nullable=True))
    op.create_check_constraint(
        "panel_decision_together_because_known",
        "panel_decision",
        "together_because IN ('indivisible', 'loss_of_value')",
    )
    op.create_check_constraint(
        "panel_decision_together_why",
        "panel_decision",
        "(cardinality(together) > 0) = (together_because IS NOT NULL)",
    )


def downgrade() -> None:
    op.drop_constraint("panel_decision_together_why", "panel_decision")
    op.drop_constraint("panel_decision_together_because_known", "panel_decision")
    op.drop_column("panel_decision", "together_because")
    op.drop_column("panel_decision", "together")
    op.drop_table("lot_part")

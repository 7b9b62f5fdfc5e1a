"""Sales as evidence, the price model and its outlooks.

Revision: 0011; follows: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_model",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("beats_baseline", sa.Boolean(), nullable=False),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("price_model_newest", "price_model", ["market", "trained_at"], unique=False)
    op.create_table(
        "sale_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("area_m2", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("built_year", sa.Integer(), nullable=True),
        sa.Column("rooms", sa.Float(), nullable=True),
        sa.Column("round", sa.String(length=20), nullable=False),
        sa.Column("reference_fen", sa.BigInteger(), nullable=True),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=True),
        sa.CheckConstraint("area_m2 > 0", name="sale_record_area_positive"),
        sa.CheckConstraint("price_fen > 0", name="sale_record_price_positive"),
        sa.CheckConstraint("reference_fen > 0", name="sale_record_reference_positive"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "source_key", name="sale_record_source"),
    )
    op.create_index("sale_record_alike", "sale_record", ["market", "kind", "region"], unique=False)
    op.create_table(
        "price_outlook",
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("low_fen", sa.BigInteger(), nullable=False),
        sa.Column("mid_fen", sa.BigInteger(), nullable=False),
        sa.Column("high_fen", sa.BigInteger(), nullable=False),
        sa.Column("baseline_fen", sa.BigInteger(), nullable=False),
        sa.Column("neighbours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drivers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("low_fen <= mid_fen AND mid_fen <= high_fen", name="price_outlook_ordered"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["price_model.id"],
        ),
        sa.PrimaryKeyConstraint("asset_id"),
    )

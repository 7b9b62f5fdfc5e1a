"""Photos of assets, each written anew in three sizes (A-15, B-12).

Revision: 0046; follows: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asset_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_cover", sa.Boolean(), nullable=False),
        sa.Column("caption", sa.String(length=100), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_by_name", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_reason", sa.String(length=200), nullable=False),
        sa.Column("removed_by_name", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_reason = '')", name="asset_photo_removed_with_reason"
        ),
        sa.CheckConstraint("position >= 1", name="asset_photo_position_positive"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["dossier_file_id"], ["dossier_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_asset_photo_asset_id", "asset_photo", ["asset_id"])
    op.create_index(
        "asset_photo_order",
        "asset_photo",
        ["asset_id", "position"],
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "asset_photo_one_cover",
        "asset_photo",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("is_cover AND removed_at IS NULL"),
    )
    op.create_table(
        "photo_size",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.CheckConstraint("size IN ('large', 'medium', 'small')", name="photo_size_size_known"),
        sa.CheckConstraint("width > 0 AND height > 0", name="photo_size_positive"),
        sa.ForeignKeyConstraint(["photo_id"], ["asset_photo.id"]),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"]),
        sa.PrimaryKeyConstraint("photo_id", "size"),
    )
    op.create_index("photo_size_content", "photo_size", ["sha256"])


def downgrade() -> None:
    op.drop_table("photo_size")
    op.drop_table("asset_photo")

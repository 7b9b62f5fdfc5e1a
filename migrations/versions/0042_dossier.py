"""The electronic dossier: files kept once by their hash, items with versions, and what of it travels with instructions (P-03).

Revision: 0042; follows: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KINDS = (
    "filing",
    "enforcement_title",
    "service",
    "property_search",
    "seal_papers",
    "survey",
    "photo",
    "valuation",
    "sale",
    "minutes",
    "party_papers",
    "money",
    "hand_over",
    "other",
)


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place IN ('database', 'folder')", name="stored_file_place_known"),
        sa.CheckConstraint("octet_length(sha256) = 32", name="stored_file_named_by_its_hash"),
        sa.CheckConstraint(
            "(place = 'database') = (content_sealed IS NOT NULL)", name="stored_file_is_somewhere"
        ),
        sa.PrimaryKeyConstraint("sha256"),
    )
    # Sealed bytes do not shrink: trying to pack them costs time and gains nothing.
    op.execute("ALTER TABLE stored_file ALTER COLUMN content_sealed SET STORAGE EXTERNAL")
    op.create_table(
        "dossier_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=False),
        sa.Column("void_by_name", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")", name="dossier_file_kind_known"
        ),
        sa.CheckConstraint("(void_at IS NULL) = (void_reason = '')", name="dossier_file_void_with_reason"),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("dossier_file_case", "dossier_file", ["case_id", "id"])
    op.create_index("dossier_file_asset", "dossier_file", ["asset_id"])
    op.create_table(
        "dossier_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("preview_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.String(length=130), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_by_name", sa.String(length=80), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name="dossier_version_counted"),
        sa.ForeignKeyConstraint(["file_id"], ["dossier_file.id"]),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"]),
        sa.ForeignKeyConstraint(["preview_sha256"], ["stored_file.sha256"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("file_id", "number", name="dossier_version_order"),
    )
    op.create_index("dossier_version_content", "dossier_version", ["sha256"])
    op.execute(
        "CREATE OR REPLACE TRIGGER dossier_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dossier_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.add_column("instruction_file", sa.Column("dossier_version_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "instruction_file_dossier_version_id_fkey",
        "instruction_file",
        "dossier_version",
        ["dossier_version_id"],
        ["id"],
    )
    op.drop_constraint("instruction_file_is_one_thing", "instruction_file", type_="check")
    op.create_check_constraint(
        "instruction_file_is_one_thing",
        "instruction_file",
        "num_nonnulls(sealed_file_id, document_id, dossier_version_id) = 1",
    )


def downgrade() -> None:
    op.drop_constraint("instruction_file_is_one_thing", "instruction_file", type_="check")
    op.execute("DELETE FROM instruction_file WHERE dossier_version_id IS NOT NULL")
    op.drop_column("instruction_file", "dossier_version_id")
    op.create_check_constraint(
        "instruction_file_is_one_thing",
        "instruction_file",
        "(sealed_file_id IS NULL) <> (document_id IS NULL)",
    )
    op.drop_table("dossier_version")
    op.drop_table("dossier_file")
    op.drop_table("stored_file")

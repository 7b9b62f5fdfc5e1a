"""The platform of an auction, auxiliary work, the debtor's papers on quality (B-02, B-04, B-05).

Revision: 0033; follows: 0032
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

PLATFORMS = "platform IN ('own', 'taobao', 'jd', 'gpai', 'court_assets', 'auctioneers', 'icbc', 'cbex')"


def upgrade() -> None:
    op.create_table(
        "platform_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("on_paper", sa.String(length=100), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(PLATFORMS, name="platform_choice_platform_known"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asset_id", "party_id", name="platform_choice_once"),
    )
    op.create_index("platform_choice_party", "platform_choice", ["party_id"], unique=False)
    op.create_table(
        "platform_designation",
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(PLATFORMS, name="platform_designation_platform_known"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("asset_id"),
    )
    op.create_table(
        "auxiliary_body",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("selected_how", sa.String(length=200), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("excluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excluded_because", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(excluded_at IS NULL) = (excluded_because = '')", name="auxiliary_body_excluded_with_reason"
        ),
        sa.CheckConstraint("cardinality(kinds) > 0", name="auxiliary_body_does_something"),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("court_code", "name", name="auxiliary_body_name"),
    )
    op.create_table(
        "auxiliary_work",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("task", sa.String(length=500), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.Uuid(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "kind IN ('pictures', 'viewing', 'expert', 'storage')", name="auxiliary_work_kind_known"
        ),
        sa.CheckConstraint("state IN ('ordered', 'done', 'cancelled')", name="auxiliary_work_state_known"),
        sa.CheckConstraint("cost_fen >= 0", name="auxiliary_work_cost_not_negative"),
        sa.CheckConstraint("(state = 'ordered') = (ended_at IS NULL)", name="auxiliary_work_ended"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["body_id"], ["auxiliary_body.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("auxiliary_work_asset", "auxiliary_work", ["asset_id", "ordered_at"], unique=False)
    op.create_table(
        "quality_demand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement", sa.String(length=1000), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'handed_in', 'nothing')", name="quality_demand_state_known"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="quality_demand_ended"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("quality_demand_asset", "quality_demand", ["asset_id", "asked_at"], unique=False)
    op.create_index(
        "quality_demand_one_open",
        "quality_demand",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "quality_file",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by_debtor", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["quality_demand.id"]),
        sa.ForeignKeyConstraint(["file_id"], ["sealed_file.id"]),
        sa.PrimaryKeyConstraint("file_id"),
    )
    op.create_index("quality_file_demand", "quality_file", ["demand_id"], unique=False)


def downgrade() -> None:
    for table in (
        "quality_file",
        "quality_demand",
        "auxiliary_work",
        "auxiliary_body",
        "platform_designation",
        "platform_choice",
    ):
        op.drop_table(table)

"""Judicial suggestions (§10 no. 35).

Revision: 0037; follows: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "judicial_suggestion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("body_kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(length=80), nullable=False),
        sa.Column("problem", sa.String(length=1000), nullable=False),
        sa.Column("suggestion", sa.String(length=1000), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "body_kind IN ('registry', 'tax', 'platform', 'property_firm', 'appraiser', 'other')",
            name="judicial_suggestion_body_kind_known",
        ),
        sa.CheckConstraint("(answered_on IS NULL) = (answer = '')", name="judicial_suggestion_answered"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("judicial_suggestion_asset", "judicial_suggestion", ["asset_id", "sent_at"], unique=False)


def downgrade() -> None:
    op.drop_table("judicial_suggestion")

"""Files of cases and assets that courts hand in; claims in their parts; linked cases.

Revision: 0047; follows: 0046
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "party_claim",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("principal_fen", sa.BigInteger(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("doubled_interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "principal_fen >= 0 AND interest_fen >= 0 AND doubled_interest_fen >= 0",
            name="party_claim_not_negative",
        ),
        sa.CheckConstraint("rank BETWEEN 1 AND 99", name="party_claim_rank"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"]),
        sa.PrimaryKeyConstraint("party_id"),
    )
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("linked_case_no", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.PrimaryKeyConstraint("case_id", "linked_case_no"),
    )
    op.create_index("case_link_back", "case_link", ["linked_case_no"], unique=False)
    op.create_table(
        "intake_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("faulty_rows", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("uploaded_by_name", sa.String(length=80), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("examined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by_name", sa.String(length=80), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('cases', 'assets')", name="intake_file_kind_known"),
        sa.CheckConstraint(
            "state IN ('waiting', 'examined', 'confirmed', 'loaded', 'discarded')",
            name="intake_file_state_known",
        ),
        sa.CheckConstraint(
            "(state IN ('waiting', 'examined', 'confirmed')) = (content_sealed IS NOT NULL)",
            name="intake_file_kept_while_needed",
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'loaded') OR fault_count = 0", name="intake_file_loaded_without_fault"
        ),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "intake_file_loaded_once",
        "intake_file",
        ["sha256", "kind"],
        unique=True,
        postgresql_where=sa.text("state IN ('confirmed', 'loaded')"),
    )
    op.create_index("intake_file_of_court", "intake_file", ["court_code", "id"], unique=False)
    op.create_table(
        "intake_fault",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("message", postgresql.JSONB(), nullable=False),
        sa.Column("remedy", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["intake_file.id"]),
        sa.PrimaryKeyConstraint("file_id", "position"),
    )


def downgrade() -> None:
    op.drop_table("intake_fault")
    op.drop_table("intake_file")
    op.drop_table("case_link")
    op.drop_table("party_claim")

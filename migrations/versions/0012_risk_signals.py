"""Traces, signals, looks and inquiries of the risk role (P-01, B-82).

Revision: 0012; follows: 0011
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_inquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("registrations", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("codes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=1000), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "state = 'asked' OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            name="risk_inquiry_decided",
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'closed')", name="risk_inquiry_state_known"
        ),
        sa.CheckConstraint("decided_by <> asked_by", name="risk_inquiry_second_person"),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("risk_inquiry_court", "risk_inquiry", ["court_code", "asked_at"], unique=False)
    op.create_index(
        "risk_inquiry_one_open",
        "risk_inquiry",
        ["lot_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'approved')"),
    )
    op.create_table(
        "risk_look",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("risk_look_current", "risk_look", ["account_id", "lot_id", "ends_at"], unique=False)
    op.create_table(
        "risk_signal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("strength", sa.String(length=10), nullable=False),
        sa.Column("registrations", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("codes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=1000), nullable=True),
        sa.Column("inquiry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('shared_device', 'shared_address', 'shared_funding', 'shared_across_lots', 'paid_by_rival', 'always_together', 'repeat_defaulter', 'debtor_related', 'pushed_by_debtor', 'late_withdrawal', 'jump_bid', 'price_above_reference', 'price_above_similar')",
            name="risk_signal_kind_known",
        ),
        sa.CheckConstraint(
            "state = 'open' OR decided_by IS NOT NULL", name="risk_signal_decided_by_somebody"
        ),
        sa.CheckConstraint(
            "state IN ('open', 'dismissed', 'under_inquiry', 'confirmed')", name="risk_signal_state_known"
        ),
        sa.CheckConstraint("strength IN ('weak', 'medium', 'strong')", name="risk_signal_strength_known"),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["risk_inquiry.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "kind", "about", name="risk_signal_once"),
    )
    op.create_index(
        "risk_signal_open",
        "risk_signal",
        ["court_code", "found_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "risk_trace",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("bank_line_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("own_mark", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('device', 'address', 'funding', 'party')", name="risk_trace_kind_known"),
        sa.CheckConstraint("(registration_id IS NULL) <> (bank_line_id IS NULL)", name="risk_trace_of_one"),
        sa.ForeignKeyConstraint(
            ["bank_line_id"],
            ["bank_line.id"],
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("own_mark", name="risk_trace_once"),
    )
    op.create_index("risk_trace_age", "risk_trace", ["noted_at"], unique=False)
    op.create_index("risk_trace_line", "risk_trace", ["bank_line_id"], unique=False)
    op.create_index(
        "risk_trace_mark", "risk_trace", ["mark"], unique=False, postgresql_where=sa.text("mark IS NOT NULL")
    )
    op.create_index("risk_trace_registration", "risk_trace", ["registration_id"], unique=False)

    # Functions and triggers as they were at this release; `migrations/sql/` holds them as they are now.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    cursor.close()

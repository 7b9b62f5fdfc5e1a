"""Faults of the service: what is measured, what was declared, the lots touched, what officers said (B-47, B-50).

Revision: 0010; follows: 0009
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "service_interval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("lasted_until", MOMENT, nullable=False),
        sa.Column("court_began_at", MOMENT, nullable=False),
        sa.Column("court_lasted_until", MOMENT, nullable=False),
        sa.Column("server", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("service_interval_order", "service_interval", ["began_at"])
    op.create_table(
        "service_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("court_at", MOMENT, nullable=False),
        sa.Column("drift_ms", sa.Float(), nullable=False),
        sa.Column("drift_within_ms", sa.Float(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("reference_ms", sa.Float(), nullable=True),
        sa.Column("reference_within_ms", sa.Float(), nullable=True),
        sa.Column("oldest_waiting_ms", sa.Integer(), nullable=False),
        sa.Column("bids", sa.Integer(), nullable=False),
        sa.Column("bids_failed", sa.Integer(), nullable=False),
        sa.Column("watchers", sa.Integer(), nullable=False),
        sa.Column("watchers_lost", sa.Integer(), nullable=False),
        sa.Column("marks_minute", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("service_sample_time", "service_sample", ["taken_at"])
    op.create_index(
        "service_sample_passing", "service_sample", ["taken_at"], postgresql_where=sa.text("NOT marks_minute")
    )
    op.create_table(
        "bidding_clock_tick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticked_at", MOMENT, nullable=False),
        sa.CheckConstraint("id = 1", name="bidding_clock_tick_single_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "service_fault",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("policy_version", sa.String(length=40), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("reason", postgresql.JSONB(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("evidence_hash", sa.LargeBinary(), nullable=False),
        sa.Column("over_at", MOMENT, nullable=True),
        sa.Column("resumes_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('outage', 'failover', 'clock_drift', 'late_clock', 'waiting_bids', 'failed_bids', 'lost_watchers')",
            name="service_fault_kind_known",
        ),
        sa.CheckConstraint("over_at >= began_at", name="service_fault_over_after_start"),
        sa.CheckConstraint("resumes_at >= over_at", name="service_fault_resumes_after_over"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("service_fault_key", "service_fault", ["key"], unique=True)
    op.create_index(
        "service_fault_one_at_a_time",
        "service_fault",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("over_at IS NULL"),
    )
    op.create_index("service_fault_newest", "service_fault", ["began_at", "id"])
    op.create_table(
        "service_fault_lot",
        sa.Column("fault_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("effect", sa.String(length=10), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("remaining_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("effect IN ('paused', 'closed')", name="service_fault_lot_effect_known"),
        sa.CheckConstraint(
            "(effect = 'paused') = (remaining_ms IS NOT NULL)", name="service_fault_lot_paused_has_time"
        ),
        sa.ForeignKeyConstraint(["fault_id"], ["service_fault.id"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.PrimaryKeyConstraint("fault_id", "lot_id"),
    )
    op.create_index("service_fault_lot_lot", "service_fault_lot", ["lot_id"])
    op.create_table(
        "service_fault_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fault_id", sa.Uuid(), nullable=False),
        sa.Column("review", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("resumes_at", MOMENT, nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewer", sa.String(length=80), nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "review IN ('confirmed', 'overruled', 'postponed')", name="service_fault_review_review_known"
        ),
        sa.ForeignKeyConstraint(["fault_id"], ["service_fault.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("service_fault_review_fault", "service_fault_review", ["fault_id"])
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    cursor.close()

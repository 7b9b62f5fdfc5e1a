"""Taking a failed asset in kind: the inquiry and its answers (B-74).

Revision: 0006; follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "in_kind_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("costs_fen", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draw_commitment", sa.LargeBinary(), nullable=False),
        sa.Column("draw_secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("draw_source", sa.String(length=120), nullable=False),
        sa.Column("draw_value", sa.String(length=40), nullable=True),
        sa.Column("draw_secret", sa.LargeBinary(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taker_inquiry_id", sa.Uuid(), nullable=True),
        sa.Column("share_fen", sa.BigInteger(), nullable=False),
        sa.Column("difference_fen", sa.BigInteger(), nullable=False),
        sa.Column("difference_paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("virtual_account_no", sa.String(length=32), nullable=False),
        sa.Column("ruling_document_id", sa.Uuid(), nullable=True),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'drawing', 'await_difference', 'await_ruling', 'ruled', 'served', 'declined', 'lapsed', 'cancelled')",
            name="in_kind_offer_state_known",
        ),
        sa.CheckConstraint("price_fen > 0", name="in_kind_offer_price_positive"),
        sa.CheckConstraint(
            "share_fen >= 0 AND difference_fen >= 0 AND difference_paid_fen >= 0 AND costs_fen >= 0",
            name="in_kind_offer_money_not_negative",
        ),
        sa.CheckConstraint(
            "taker_inquiry_id IS NULL OR share_fen + difference_fen = price_fen", name="in_kind_offer_adds_up"
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", name="in_kind_offer_one_per_lot"),
        sa.UniqueConstraint("virtual_account_no", name="in_kind_offer_virtual_account"),
    )
    op.create_index(
        "in_kind_offer_court", "in_kind_offer", ["court_code", "state", "opened_at"], unique=False
    )
    op.create_index(
        "in_kind_offer_one_holding",
        "in_kind_offer",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('await_difference', 'await_ruling', 'drawing', 'open', 'ruled')"),
    )
    op.create_table(
        "in_kind_inquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("creditor_name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("claim_fen", sa.BigInteger(), nullable=False),
        sa.Column("rank_reason", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_online", sa.Boolean(), nullable=False),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.Column("drawn_place", sa.Integer(), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('take', 'refuse')", name="in_kind_inquiry_answer_known"),
        sa.CheckConstraint(
            "role IN ('applicant', 'debtor', 'priority_creditor', 'waiting_seal_creditor', 'co_owner', 'tenant', 'shareholder', 'other')",
            name="in_kind_inquiry_role_known",
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name="in_kind_inquiry_answer_has_time"
        ),
        sa.CheckConstraint("claim_fen >= 0", name="in_kind_inquiry_claim_not_negative"),
        sa.CheckConstraint("rank >= 1", name="in_kind_inquiry_rank_positive"),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["in_kind_offer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("offer_id", "party_id", name="in_kind_inquiry_once"),
    )
    op.create_index("in_kind_inquiry_party", "in_kind_inquiry", ["party_id"], unique=False)

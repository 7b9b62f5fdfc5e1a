"""Objections, revocations of sales, and what a sale ruling ended of a seal.

Revision: 0013; follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("seal", sa.Column("state_before_ruling", sa.String(length=40), nullable=True))
    op.create_check_constraint(
        "seal_state_before_ruling_known",
        "seal",
        "state_before_ruling IN ('effective', 'waiting', 'lapsed', 'released', 'treated_as_transferred')",
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("act_court", sa.String(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("filer_account_id", sa.Uuid(), nullable=True),
        sa.Column("filer_name", sa.String(length=80), nullable=False),
        sa.Column("claim", sa.String(length=500), nullable=False),
        sa.Column("reasons", sa.String(length=4000), nullable=False),
        sa.Column("evidence", sa.String(length=2000), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("panel", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("panel_accounts", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("supplement_asked_at", MOMENT, nullable=True),
        sa.Column("supplement_wanted", sa.String(length=500), nullable=False),
        sa.Column("supplemented_at", MOMENT, nullable=True),
        sa.Column("stays_sale", sa.Boolean(), nullable=False),
        sa.Column("stay_reason", sa.String(length=500), nullable=False),
        sa.Column("security_fen", sa.BigInteger(), nullable=False),
        sa.Column("counter_security_fen", sa.BigInteger(), nullable=False),
        sa.Column("ruled_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("remedy", sa.String(), nullable=True),
        sa.Column("revocation_ground", sa.String(length=40), nullable=True),
        sa.Column("finding", sa.String(length=4000), nullable=False),
        sa.Column("ruling_document_id", sa.Uuid(), nullable=True),
        sa.Column("served_at", MOMENT, nullable=True),
        sa.Column("review_court", sa.String(), nullable=True),
        sa.Column("review_asked_at", MOMENT, nullable=True),
        sa.Column("review_reasons", sa.String(length=4000), nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("review_finding", sa.String(length=4000), nullable=False),
        sa.Column("review_extended", sa.Boolean(), nullable=False),
        sa.Column("review_document_id", sa.Uuid(), nullable=True),
        sa.Column("suit_case_no", sa.String(length=60), nullable=True),
        sa.Column("judgment_no", sa.String(length=60), nullable=True),
        sa.Column("final_at", MOMENT, nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('conduct', 'third_party')", name="objection_kind_known"),
        sa.CheckConstraint(
            "capacity IN ('party', 'waiting_seal_creditor', 'would_be_bidder', 'priority_purchaser', "
            "'other_interested', 'third_party')",
            name="objection_capacity_known",
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'under_review', 'ruled', 'reconsideration', 'suit_window', 'suit', 'final')",
            name="objection_state_known",
        ),
        sa.CheckConstraint(
            "outcome IN ('founded', 'dismissed', 'not_accepted', 'withdrawn')", name="objection_outcome_known"
        ),
        sa.CheckConstraint(
            "remedy IN ('correct_act', 'stop_sale', 'revoke_sale')", name="objection_remedy_known"
        ),
        sa.CheckConstraint(
            "(kind = 'third_party') = (capacity = 'third_party')", name="objection_capacity_fits_kind"
        ),
        sa.CheckConstraint("state <> 'final' OR outcome IS NOT NULL", name="objection_final_has_outcome"),
        sa.CheckConstraint(
            "(outcome = 'founded') = (remedy IS NOT NULL)", name="objection_founded_has_remedy"
        ),
        sa.CheckConstraint(
            "security_fen >= 0 AND counter_security_fen >= 0", name="objection_security_not_negative"
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["act_court"], ["court.code"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["filer_account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["review_court"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number", name="objection_number"),
    )
    op.create_index("objection_asset", "objection", ["asset_id"], unique=False)
    op.create_index("objection_lot", "objection", ["lot_id"], unique=False)
    op.create_index("objection_court", "objection", ["court_code", "state", "id"], unique=False)
    op.create_index("objection_filer", "objection", ["filer_account_id"], unique=False)
    op.create_index(
        "objection_one_open_per_person",
        "objection",
        ["asset_id", "kind", "filer_account_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'final' AND filer_account_id IS NOT NULL"),
    )
    op.create_table(
        "sale_revocation",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("basis", sa.String(length=80), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=True),
        sa.Column("approver", sa.String(length=80), nullable=False),
        sa.Column("panel", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("minutes", sa.String(length=2000), nullable=False),
        sa.Column("settlement_state", sa.String(), nullable=False),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=False),
        sa.Column("money_fen", sa.BigInteger(), nullable=False),
        sa.Column("money_returned_at", MOMENT, nullable=True),
        sa.Column("asset_restored_at", MOMENT, nullable=True),
        sa.Column("seals_restored", sa.Integer(), nullable=False),
        sa.Column("seals_lost", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("registry_document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "settlement_state IN ('await_balance', 'qualification_recheck', 'paid_full', 'ruling_issued', "
            "'ruling_served', 'transfer_notice_sent', 'delivered', 'defaulted', 'revoked', 'settled')",
            name="sale_revocation_settlement_state_known",
        ),
        sa.CheckConstraint("money_fen >= 0", name="sale_revocation_money_not_negative"),
        sa.ForeignKeyConstraint(["lot_id"], ["settlement.lot_id"]),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"]),
        sa.PrimaryKeyConstraint("lot_id"),
    )

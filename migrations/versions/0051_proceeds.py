"""Proceeds of sales: costs, claims, distribution plans with objections, payments and delays (chapters 6 and 8).

Revision: 0051; follows: 0050
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payout_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count > 0 AND total_fen > 0", name="payout_file_not_empty"),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number", name="payout_file_number"),
    )
    op.create_index("ix_payout_file_court_code", "payout_file", ["court_code"], unique=False)
    op.create_table(
        "proceeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("gross_fen", sa.BigInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("debtor_is_company", sa.Boolean(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("source IN ('sale', 'in_kind', 'self_sale')", name="proceeds_source_known"),
        sa.CheckConstraint(
            "state IN ('money_arrived', 'costed', 'plan_draft', 'plan_served', 'plan_final', 'paid_out', 'settled', 'revoked')",
            name="proceeds_state_known",
        ),
        sa.CheckConstraint("gross_fen > 0", name="proceeds_positive"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["enforcement_case.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "source_id", name="proceeds_once"),
    )
    op.create_index("proceeds_asset", "proceeds", ["asset_id"], unique=False)
    op.create_index("proceeds_case", "proceeds", ["case_id"], unique=False)
    op.create_index("proceeds_court", "proceeds", ["court_code", "state", "arrived_at"], unique=False)
    op.create_index("proceeds_lot", "proceeds", ["lot_id"], unique=False)
    op.create_index(
        "proceeds_open",
        "proceeds",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('settled', 'revoked')"),
    )
    op.create_table(
        "distribution_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("proceeds_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("creditor", sa.String(length=80), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("court_code", sa.String(), nullable=True),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("part_asset_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("is_registered", sa.Boolean(), nullable=False),
        sa.Column("principal_fen", sa.BigInteger(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("costs_fen", sa.BigInteger(), nullable=False),
        sa.Column("doubled_fen", sa.BigInteger(), nullable=False),
        sa.Column("has_title", sa.Boolean(), nullable=False),
        sa.Column("title_ref", sa.String(length=200), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.String(length=2000), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("payee_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("payee_hint", sa.String(length=80), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "origin IN ('party', 'seal', 'applied', 'entered')", name="distribution_claim_origin_known"
        ),
        sa.CheckConstraint(
            "rank IN ('medical', 'home_buyer', 'construction', 'secured', 'tax', 'victim', 'ordinary', 'fine', 'confiscation')",
            name="distribution_claim_rank_known",
        ),
        sa.CheckConstraint(
            "rank NOT IN ('home_buyer', 'construction', 'secured') OR part_asset_id IS NOT NULL",
            name="distribution_claim_right_rests_on_an_asset",
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'admitted', 'refused', 'parked', 'withdrawn')",
            name="distribution_claim_state_known",
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'parked', 'withdrawn') OR decided_at IS NOT NULL",
            name="distribution_claim_decided",
        ),
        sa.CheckConstraint(
            "principal_fen >= 0 AND interest_fen >= 0 AND costs_fen >= 0 AND doubled_fen >= 0",
            name="distribution_claim_not_negative",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["file_id"], ["sealed_file.id"]),
        sa.ForeignKeyConstraint(["part_asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["proceeds_id"], ["proceeds.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("proceeds_id", "source_key", name="distribution_claim_found_once"),
    )
    op.create_index("distribution_claim_account", "distribution_claim", ["account_id"], unique=False)
    op.create_index(
        "distribution_claim_asset", "distribution_claim", ["asset_id", "submitted_at"], unique=False
    )
    op.create_index("distribution_claim_proceeds", "distribution_claim", ["proceeds_id"], unique=False)
    op.create_table(
        "payout_delay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proceeds_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "ground IN ('distribution_pending', 'frozen_elsewhere', 'not_collected', 'suspended', 'other')",
            name="payout_delay_ground_known",
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'in_force', 'refused', 'ended')", name="payout_delay_state_known"
        ),
        sa.CheckConstraint("decided_by <> asked_by", name="payout_delay_two_persons"),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["proceeds_id"], ["proceeds.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "payout_delay_one_open",
        "payout_delay",
        ["proceeds_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'in_force')"),
    )
    op.create_table(
        "payout_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proceeds_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=300), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'declined')", name="payout_sheet_state_known"),
        sa.CheckConstraint("tier IN ('finance', 'director')", name="payout_sheet_tier_known"),
        sa.CheckConstraint("decided_by <> proposed_by", name="payout_sheet_two_persons"),
        sa.CheckConstraint("total_fen > 0", name="payout_sheet_positive"),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["proceeds_id"], ["proceeds.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "payout_sheet_queue", "payout_sheet", ["court_code", "state", "proposed_at"], unique=False
    )
    op.create_table(
        "proceeds_cost",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proceeds_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("payee", sa.String(length=80), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("granted_fen", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.Column("booking", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_because", sa.String(length=300), nullable=False),
        sa.CheckConstraint("evidence <> ''", name="proceeds_cost_with_evidence"),
        sa.CheckConstraint("kind IN ('tax', 'cost', 'fee', 'rent')", name="proceeds_cost_kind_known"),
        sa.CheckConstraint("amount_fen > 0", name="proceeds_cost_positive"),
        sa.CheckConstraint(
            "granted_fen BETWEEN 0 AND amount_fen", name="proceeds_cost_granted_within_amount"
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["proceeds_id"], ["proceeds.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("proceeds_id", "source_key", name="proceeds_cost_found_once"),
    )
    op.create_table(
        "distribution_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proceeds_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_simple", sa.Boolean(), nullable=False),
        sa.Column("sharing", sa.String(), nullable=False),
        sa.Column("sharing_reason", sa.String(length=500), nullable=False),
        sa.Column("bonus_claim_id", sa.Uuid(), nullable=True),
        sa.Column("bonus_percent", sa.String(length=10), nullable=False),
        sa.Column("bonus_of_residue", sa.Boolean(), nullable=False),
        sa.Column("bonus_reason", sa.String(length=500), nullable=False),
        sa.Column("gross_fen", sa.BigInteger(), nullable=False),
        sa.Column("surplus_fen", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("claims", postgresql.JSONB(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("minutes", sa.String(length=2000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sharing IN ('pro_rata', 'by_seal')", name="distribution_plan_sharing_known"),
        sa.CheckConstraint(
            "state IN ('draft', 'dropped') OR (approved_at IS NOT NULL AND cardinality(members) >= 3)",
            name="distribution_plan_approved_by_a_panel",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'served', 'final', 'replaced', 'dropped')",
            name="distribution_plan_state_known",
        ),
        sa.CheckConstraint("approved_by <> drafted_by", name="distribution_plan_two_persons"),
        sa.CheckConstraint("surplus_fen >= 0", name="distribution_plan_surplus_not_negative"),
        sa.ForeignKeyConstraint(["bonus_claim_id"], ["distribution_claim.id"]),
        sa.ForeignKeyConstraint(["proceeds_id"], ["proceeds.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("proceeds_id", "version", name="distribution_plan_version"),
    )
    op.create_index(
        "distribution_plan_one_open",
        "distribution_plan",
        ["proceeds_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'served')"),
    )
    op.create_table(
        "payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("proceeds_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("payee", sa.String(length=80), nullable=False),
        sa.Column("payee_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("payee_hint", sa.String(length=80), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=30), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("bank_answer", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deposited_because", sa.String(length=300), nullable=False),
        sa.Column("recovered_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="payout_paid_at"),
        sa.CheckConstraint(
            "kind IN ('tax', 'cost', 'fee', 'rent', 'creditor', 'surplus')", name="payout_kind_known"
        ),
        sa.CheckConstraint("state <> 'sent' OR file_id IS NOT NULL", name="payout_sent_in_a_file"),
        sa.CheckConstraint(
            "state IN ('ready', 'proposed', 'approved', 'sent', 'paid', 'bounced', 'deposited', 'cancelled')",
            name="payout_state_known",
        ),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'approved', 'sent', 'paid') OR payee_sealed IS NOT NULL",
            name="payout_payee_known",
        ),
        sa.CheckConstraint("amount_fen > 0", name="payout_positive"),
        sa.CheckConstraint("recovered_fen BETWEEN 0 AND amount_fen", name="payout_recovered_within_amount"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["claim_id"], ["distribution_claim.id"]),
        sa.ForeignKeyConstraint(["court_code"], ["court.code"]),
        sa.ForeignKeyConstraint(["file_id"], ["payout_file.id"]),
        sa.ForeignKeyConstraint(["proceeds_id"], ["proceeds.id"]),
        sa.ForeignKeyConstraint(["sheet_id"], ["payout_sheet.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="payout_key"),
        sa.UniqueConstraint("reference", name="payout_reference"),
    )
    op.create_index("payout_court", "payout", ["court_code", "state"], unique=False)
    op.create_index(
        "payout_of_file", "payout", ["file_id"], unique=False, postgresql_where=sa.text("file_id IS NOT NULL")
    )
    op.create_index("payout_proceeds", "payout", ["proceeds_id"], unique=False)
    op.create_table(
        "plan_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(received_at IS NULL) = (window_ends_at IS NULL)", name="plan_service_window_from_receipt"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["claim_id"], ["distribution_claim.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["distribution_plan.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "subject", name="plan_service_once"),
    )
    op.create_index("plan_service_account", "plan_service", ["account_id"], unique=False)
    op.create_index(
        "plan_service_window",
        "plan_service",
        ["window_ends_at"],
        unique=False,
        postgresql_where=sa.text("received_at IS NOT NULL"),
    )
    op.create_table(
        "plan_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("proceeds_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("target_claim_id", sa.Uuid(), nullable=False),
        sa.Column("demand", sa.String(), nullable=False),
        sa.Column("demanded_fen", sa.BigInteger(), nullable=True),
        sa.Column("demanded_rank", sa.String(), nullable=True),
        sa.Column("reasons", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("others_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counter_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objector_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suit_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suit_case_no", sa.String(length=60), nullable=False),
        sa.Column("suit_filed_on", sa.Date(), nullable=True),
        sa.Column("outcome_ref", sa.String(length=200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(demand = 'amount') = (demanded_fen IS NOT NULL)", name="plan_objection_amount"),
        sa.CheckConstraint("(demand = 'rank') = (demanded_rank IS NOT NULL)", name="plan_objection_rank"),
        sa.CheckConstraint("demand IN ('exclude', 'amount', 'rank')", name="plan_objection_demand_known"),
        sa.CheckConstraint(
            "demanded_rank IN ('medical', 'home_buyer', 'construction', 'secured', 'tax', 'victim', 'ordinary', 'fine', 'confiscation')",
            name="plan_objection_demanded_rank_known",
        ),
        sa.CheckConstraint("state <> 'sued' OR suit_case_no <> ''", name="plan_objection_suit_with_number"),
        sa.CheckConstraint(
            "state IN ('filed', 'contested', 'sued', 'upheld', 'failed', 'withdrawn')",
            name="plan_objection_state_known",
        ),
        sa.CheckConstraint("demanded_fen >= 0", name="plan_objection_amount_not_negative"),
        sa.ForeignKeyConstraint(["plan_id"], ["distribution_plan.id"]),
        sa.ForeignKeyConstraint(["proceeds_id"], ["proceeds.id"]),
        sa.ForeignKeyConstraint(["service_id"], ["plan_service.id"]),
        sa.ForeignKeyConstraint(["target_claim_id"], ["distribution_claim.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_objection_proceeds_id", "plan_objection", ["proceeds_id"], unique=False)
    op.create_index(
        "plan_objection_one_open",
        "plan_objection",
        ["service_id", "target_claim_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('filed', 'contested', 'sued')"),
    )
    op.create_index("plan_objection_plan", "plan_objection", ["plan_id"], unique=False)
    op.create_table(
        "plan_objection_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", sa.String(length=2000), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["objection_id"], ["plan_objection.id"]),
        sa.ForeignKeyConstraint(["service_id"], ["plan_service.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("objection_id", "service_id", name="plan_objection_view_once"),
    )


def downgrade() -> None:
    for table in (
        "plan_objection_view",
        "plan_objection",
        "plan_service",
        "payout",
        "distribution_plan",
        "proceeds_cost",
        "payout_sheet",
        "payout_delay",
        "distribution_claim",
        "proceeds",
        "payout_file",
    ):
        op.drop_table(table)

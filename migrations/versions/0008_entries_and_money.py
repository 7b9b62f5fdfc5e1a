"""Agents, priority claims, lists of the barred, purchase proofs, freezes, reversals, returns and reconciliation.

Revision: 0008; follows: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BOOKED = """
UPDATE bank_line AS line
   SET booked_fen = line.amount_fen - coalesce((SELECT o.amount_fen FROM payment_order AS o WHERE o.key = 'excess:' || line.id), 0)
 WHERE line.state = 'matched'
"""

PEOPLE = """
INSERT INTO entry_person (registration_id, position, role, identity_match, name_match)
SELECT id, 0, 'buyer', identity_match, name_match FROM registration
"""

CHECKS = (
    (
        "bank_line",
        "bank_line_state_known",
        "state IN ('new', 'matched', 'suspended', 'return_proposed', 'returned', 'reversed')",
    ),
    ("bank_line", "bank_line_channel_known", "channel IN ('bank', 'platform')"),
    ("bank_line", "bank_line_booked_within_amount", "booked_fen BETWEEN 0 AND amount_fen"),
    (
        "payment_order",
        "payment_order_kind_known",
        "kind IN ('deposit_refund', 'deposit_capture', 'overpayment_refund', 'unmatched_return', 'payout')",
    ),
    ("payment_order", "payment_order_state_known", "state IN ('due', 'executed', 'failed', 'cancelled')"),
    ("payment_order", "payment_order_channel_known", "channel IN ('bank', 'platform')"),
    (
        "ledger_account",
        "ledger_account_kind_known",
        "kind IN ('bank', 'platform_frozen', 'reversal_receivable', 'deposit_held', 'deposit_forfeited', 'price_balance', 'tax_payable', 'cost_payable', 'fee_payable', 'reserved_first_seal', 'escrow_disputed', 'creditor_payable', 'debtor_surplus', 'unclaimed')",
    ),
    (
        "registration",
        "registration_state_known",
        "state IN ('applied', 'agent_check', 'priority_claimed', 'deposit_pending', 'qualified', 'rejected', 'withdrawn')",
    ),
    (
        "registration",
        "registration_deposit_state_known",
        "deposit_state IN ('pending', 'partial', 'received', 'frozen', 'waived', 'refund_due', 'refunded', 'to_court', 'applied_to_price', 'forfeited', 'used', 'prepaid_full')",
    ),
    ("registration", "registration_deposit_way_known", "deposit_way IN ('transfer', 'freeze')"),
    ("registration", "registration_agent_is_known", "state <> 'agent_check' OR agent_sealed IS NOT NULL"),
)


def upgrade() -> None:
    op.create_table(
        "sealed_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(content_sealed) <= 10500000", name="sealed_file_at_most_10_mb"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "notice_preference",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("not_by_sms", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("statement_fen", sa.BigInteger(), nullable=False),
        sa.Column("ledger_fen", sa.BigInteger(), nullable=False),
        sa.Column("open_lines", sa.Integer(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reconciliation_newest", "reconciliation", ["court_code", "first_at"], unique=False)
    op.create_table(
        "stated_balance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("stated_balance_court", "stated_balance", ["court_code", "as_of"], unique=False)
    op.create_table(
        "barred_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("identity_match", sa.LargeBinary(), nullable=False),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind <> 'defaulted'", name="barred_person_default_is_read_from_sales"),
        sa.CheckConstraint(
            "kind IN ('court_staff', 'staff_relative', 'auxiliary_staff', 'platform_staff', 'appraiser', 'case_conflict', 'defaulted')",
            name="barred_person_kind_known",
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
            ["declared_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("barred_person_court", "barred_person", ["court_code", "kind"], unique=False)
    op.create_index("barred_person_declared", "barred_person", ["declared_by"], unique=False)
    op.create_index(
        "barred_person_identity",
        "barred_person",
        ["identity_match"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "agent_appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("entry_match", sa.LargeBinary(), nullable=False),
        sa.Column("people_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'refused')) = (decided_by IS NOT NULL)",
            name="agent_appointment_decided_by_somebody",
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'confirmed', 'refused', 'lapsed')", name="agent_appointment_state_known"
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
    op.create_index(
        "agent_appointment_entry", "agent_appointment", ["entry_match", "submitted_at"], unique=False
    )
    op.create_index(
        "agent_appointment_one_standing",
        "agent_appointment",
        ["entry_match"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'confirmed')"),
    )
    op.create_index(
        "agent_appointment_queue", "agent_appointment", ["court_code", "state", "submitted_at"], unique=False
    )
    op.create_index(
        "agent_appointment_waiting",
        "agent_appointment",
        ["lot_id"],
        unique=False,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "barred_hit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("person_match", sa.LargeBinary(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state IN ('cleared', 'upheld')) = (decided_at IS NOT NULL)", name="barred_hit_decided_has_time"
        ),
        sa.CheckConstraint(
            "kind IN ('court_staff', 'staff_relative', 'auxiliary_staff', 'platform_staff', 'appraiser', 'case_conflict', 'defaulted')",
            name="barred_hit_kind_known",
        ),
        sa.CheckConstraint(
            "stage IN ('registration', 'qualification', 'confirmation')", name="barred_hit_stage_known"
        ),
        sa.CheckConstraint("state IN ('noted', 'open', 'cleared', 'upheld')", name="barred_hit_state_known"),
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
        sa.UniqueConstraint("lot_id", "kind", "stage", "person_match", name="barred_hit_once"),
    )
    op.create_index("barred_hit_open", "barred_hit", ["court_code", "found_at"], unique=False)
    op.create_table(
        "priority_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("claimant_match", sa.LargeBinary(), nullable=False),
        sa.Column("claimant_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("priority_order", sa.Integer(), nullable=True),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'confirmed') = (priority_order IS NOT NULL)", name="priority_claim_confirmed_has_order"
        ),
        sa.CheckConstraint(
            "kind IN ('co_owner', 'tenant', 'shareholder', 'partner', 'ip_co_developer', 'other')",
            name="priority_claim_kind_known",
        ),
        sa.CheckConstraint(
            "state IN ('claimed', 'confirmed', 'refused', 'lapsed', 'withdrawn')",
            name="priority_claim_state_known",
        ),
        sa.CheckConstraint("priority_order >= 1", name="priority_claim_order_positive"),
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
    op.create_index(
        "priority_claim_one_standing",
        "priority_claim",
        ["lot_id", "claimant_match"],
        unique=True,
        postgresql_where=sa.text("state IN ('claimed', 'confirmed')"),
    )
    op.create_index("priority_claim_person", "priority_claim", ["claimant_match", "claimed_at"], unique=False)
    op.create_index(
        "priority_claim_queue", "priority_claim", ["court_code", "state", "claimed_at"], unique=False
    )
    op.create_index(
        "priority_claim_waiting",
        "priority_claim",
        ["lot_id"],
        unique=False,
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_table(
        "entry_person",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("identity_match", sa.LargeBinary(), nullable=False),
        sa.Column("name_match", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("role IN ('buyer', 'agent')", name="entry_person_role_known"),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
        ),
        sa.PrimaryKeyConstraint("registration_id", "position"),
    )
    op.create_index("entry_person_identity", "entry_person", ["identity_match"], unique=False)
    op.create_table(
        "purchase_proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("may_buy", sa.Boolean(), nullable=False),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('promise', 'buyer', 'housing_authority')", name="purchase_proof_source_known"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("purchase_proof_entry", "purchase_proof", ["registration_id", "as_of"], unique=False)
    op.create_table(
        "bank_reversal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_reference", sa.String(length=60), nullable=False),
        sa.Column("reverses_reference", sa.String(length=60), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("missing_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("bank_line_id", sa.Uuid(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('applied', 'unmatched')", name="bank_reversal_state_known"),
        sa.CheckConstraint("amount_fen > 0 AND missing_fen >= 0", name="bank_reversal_amounts"),
        sa.ForeignKeyConstraint(
            ["bank_line_id"],
            ["bank_line.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("bank_line_id", name="bank_reversal_once"),
        sa.UniqueConstraint("bank_reference", name="bank_reversal_reference"),
    )
    op.create_index("bank_reversal_court", "bank_reversal", ["court_code", "booked_at"], unique=False)
    op.create_index(
        op.f("ix_bank_reversal_reverses_reference"), "bank_reversal", ["reverses_reference"], unique=False
    )
    op.create_table(
        "line_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_line_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'declined', 'overtaken')", name="line_return_state_known"
        ),
        sa.CheckConstraint("tier IN ('finance', 'director')", name="line_return_tier_known"),
        sa.CheckConstraint("decided_by <> proposed_by", name="line_return_two_persons"),
        sa.ForeignKeyConstraint(
            ["bank_line_id"],
            ["bank_line.id"],
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
            ["proposed_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "line_return_one_open",
        "line_return",
        ["bank_line_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index("line_return_queue", "line_return", ["court_code", "proposed_at"], unique=False)
    _add_filled("bank_line", sa.Column("channel", sa.String(), nullable=False), "bank")
    _add_filled("bank_line", sa.Column("booked_fen", sa.BigInteger(), nullable=False), "0")
    op.execute(BOOKED)
    op.create_index("bank_line_registration", "bank_line", ["registration_id"], unique=False)
    _add_filled("payment_order", sa.Column("channel", sa.String(), nullable=False), "bank")
    op.add_column("payment_order", sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payment_order", sa.Column("bank_answer", sa.String(length=120), nullable=True))
    op.create_index(
        "payment_order_attempt",
        "payment_order",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index("payment_order_line", "payment_order", ["bank_line_id"], unique=False)
    op.create_index("payment_order_registration", "payment_order", ["registration_id"], unique=False)
    _add_filled("registration", sa.Column("priority_claimed", sa.Boolean(), nullable=False), "false")
    op.add_column("registration", sa.Column("agent_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    _add_filled("registration", sa.Column("deposit_way", sa.String(), nullable=False), "transfer")
    op.add_column("registration", sa.Column("notice_version", sa.Integer(), nullable=True))
    op.add_column("registration", sa.Column("notice_hash", sa.LargeBinary(), nullable=True))
    op.add_column(
        "registration", sa.Column("qualification_promised_at", sa.DateTime(timezone=True), nullable=True)
    )
    _add_filled("registration", sa.Column("withdrawals", sa.Integer(), nullable=False), "0")
    op.create_index(
        "registration_undecided",
        "registration",
        ["lot_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('agent_check', 'priority_claimed')"),
    )
    op.alter_column(
        "settlement",
        "buyer_name",
        existing_type=sa.VARCHAR(length=80),
        type_=sa.String(length=500),
        existing_nullable=False,
    )
    op.execute(PEOPLE)
    op.drop_index("bank_line_open", "bank_line")
    op.create_index(
        "bank_line_open",
        "bank_line",
        ["booked_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('new', 'suspended', 'return_proposed')"),
    )
    for table, name, condition in CHECKS:
        op.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}"')
        op.create_check_constraint(name, table, condition)


def _add_filled(table, column, value):
    """A column that may not be empty, with a value for the rows that stand."""
    column.server_default = sa.DefaultClause(value)
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)

"""First release: every table, constraint, index, function and trigger.

Revision: 0001; follows: none
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("real_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("identity_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("identity_match", sa.LargeBinary(), nullable=True),
        sa.Column("identity_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login", name="account_login"),
    )
    op.create_index("account_court", "account", ["court_code"], unique=False)
    op.create_index(op.f("ix_account_identity_match"), "account", ["identity_match"], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("actor_account_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("court_code", sa.String(length=8), nullable=True),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stream", "seq", name="audit_event_stream_seq"),
    )
    op.create_index("audit_event_asset", "audit_event", ["asset_id", "recorded_at"], unique=False)
    op.create_index("audit_event_case", "audit_event", ["case_id", "recorded_at"], unique=False)
    op.create_index("audit_event_lot", "audit_event", ["lot_id", "recorded_at"], unique=False)
    op.create_index("audit_event_person", "audit_event", ["person_id", "recorded_at"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream"),
    )
    op.create_table(
        "clock_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("real_anchor", sa.DateTime(timezone=True), nullable=False),
        sa.Column("court_anchor", sa.DateTime(timezone=True), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.CheckConstraint("id = 1", name="clock_setting_single_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "court",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("short_name", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("superior_code", sa.String(), nullable=True),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("supervision_phone", sa.String(length=40), nullable=False),
        sa.Column("bank_name", sa.String(length=80), nullable=False),
        sa.Column("bank_account_no", sa.String(length=40), nullable=False),
        sa.CheckConstraint("level IN ('intermediate', 'basic')", name="court_level_known"),
        sa.ForeignKeyConstraint(
            ["superior_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "deadline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("trigger_event", sa.String(length=80), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_role", sa.String(length=30), nullable=False),
        sa.Column("owner_court", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stops", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done_event", sa.String(length=80), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'met', 'breached', 'waived')", name="deadline_state_known"
        ),
        sa.CheckConstraint("due_at > started_at", name="deadline_ends_after_start"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("deadline_asset", "deadline", ["asset_id"], unique=False)
    op.create_index("deadline_court", "deadline", ["owner_court", "state", "due_at", "id"], unique=False)
    op.create_index(
        "deadline_due", "deadline", ["due_at"], unique=False, postgresql_where=sa.text("state = 'running'")
    )
    op.create_index("deadline_lot", "deadline", ["lot_id"], unique=False)
    op.create_index(
        "deadline_one_open",
        "deadline",
        ["rule", "subject_kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('running', 'paused')"),
    )
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof", sa.String(length=200), nullable=True),
        sa.CheckConstraint("channel IN ('sms', 'mail', 'e_service')", name="dispatch_channel_known"),
        sa.CheckConstraint(
            "received_at IS NULL OR (sent_at IS NOT NULL AND proof IS NOT NULL)",
            name="dispatch_received_with_proof",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "key", name="dispatch_once"),
    )
    op.create_index("dispatch_lot", "dispatch", ["lot_id"], unique=False)
    op.create_index(
        "dispatch_unsent",
        "dispatch",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=True),
        sa.Column("court_code", sa.String(length=8), nullable=True),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(content) <= 20971520", name="document_at_most_20_mib"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "subject", "version", name="document_version_order"),
    )
    op.create_index("document_asset", "document", ["asset_id"], unique=False)
    op.create_index("document_case", "document", ["case_id"], unique=False)
    op.create_index("document_lot", "document", ["lot_id"], unique=False)
    op.create_index(
        "document_unsealed",
        "document",
        ["issued_at"],
        unique=False,
        postgresql_where=sa.text("sealed IS NULL"),
    )
    op.create_table(
        "failed_login",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("failed_login_recent", "failed_login", ["login", "failed_at"], unique=False)
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('bank', 'deposit_held', 'deposit_forfeited', 'price_balance', 'tax_payable', 'cost_payable', 'fee_payable', 'reserved_first_seal', 'escrow_disputed', 'creditor_payable', 'debtor_surplus', 'unclaimed')",
            name="ledger_account_kind_known",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code", name="ledger_account_code"),
    )
    op.create_index("ledger_account_case", "ledger_account", ["case_id"], unique=False)
    op.create_index("ledger_account_lot", "ledger_account", ["lot_id"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["ledger_entry.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="ledger_entry_key"),
        sa.UniqueConstraint("reverses_id", name="ledger_entry_reversed_once"),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=True,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=2000), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("task", "key", name="outbox_message_task_key"),
    )
    op.create_index(
        "outbox_message_unanswered",
        "outbox_message",
        ["sent_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND sent_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_message_unsent",
        "outbox_message",
        ["available_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND sent_at IS NULL"),
    )
    op.create_table(
        "timetable_run",
        sa.Column("job", sa.String(length=80), nullable=False),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job"),
    )
    op.create_table(
        "disposal_team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_disposal_team_court_code"), "disposal_team", ["court_code"], unique=False)
    op.create_table(
        "enforcement_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("claim_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("officer_account_id", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'suspended', 'closed')", name="enforcement_case_state_known"),
        sa.CheckConstraint("claim_fen >= 0", name="enforcement_case_claim_not_negative"),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_no", name="enforcement_case_number"),
    )
    op.create_index(op.f("ix_enforcement_case_court_code"), "enforcement_case", ["court_code"], unique=False)
    op.create_table(
        "ledger_posting",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name="ledger_posting_not_zero"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
        ),
        sa.PrimaryKeyConstraint("entry_id", "line"),
    )
    op.create_index("ledger_posting_account", "ledger_posting", ["account_id"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_secret", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("login_session_account", "login_session", ["account_id"], unique=False)
    op.create_index("login_session_expiry", "login_session", ["expires_at"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "key", name="notice_once"),
    )
    op.create_index("notice_inbox", "notice", ["account_id", "created_at"], unique=False)
    op.create_index(
        "notice_unread", "notice", ["account_id"], unique=False, postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_table(
        "asset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_no", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("registry_no", sa.String(length=80), nullable=True),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sole_home", sa.String(), nullable=False),
        sa.Column("lease_status", sa.String(), nullable=False),
        sa.Column("lease_until", sa.Date(), nullable=True),
        sa.Column("area_m2", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner_name", sa.String(length=80), nullable=False),
        sa.Column("search_tokens", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("resume_state", sa.String(length=40), nullable=True),
        sa.Column("first_listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('real_estate', 'vehicle', 'shares', 'land', 'goods', 'other_right')",
            name="asset_kind_known",
        ),
        sa.CheckConstraint(
            "lease_status IN ('unknown', 'none', 'honoured', 'removed_by_ruling', 'disputed')",
            name="asset_lease_status_known",
        ),
        sa.CheckConstraint(
            "resume_state IN ('registered', 'sealed_effective', 'sealed_waiting', 'under_survey', 'valuation', 'ready_to_list', 'self_sale', 'listed', 'suspended', 'transfer_pending', 'transferred_out', 'sold_pending_payment', 'paid', 'ruled', 'delivered', 'offered_in_kind', 'in_kind_ruled', 'unsold_released', 'other_measure', 'withdrawn', 'revoked', 'closed')",
            name="asset_resume_state_known",
        ),
        sa.CheckConstraint(
            "sole_home IN ('no', 'unknown', 'yes_with_housing', 'yes_with_rent_deduction')",
            name="asset_sole_home_known",
        ),
        sa.CheckConstraint(
            "state IN ('registered', 'sealed_effective', 'sealed_waiting', 'under_survey', 'valuation', 'ready_to_list', 'self_sale', 'listed', 'suspended', 'transfer_pending', 'transferred_out', 'sold_pending_payment', 'paid', 'ruled', 'delivered', 'offered_in_kind', 'in_kind_ruled', 'unsold_released', 'other_measure', 'withdrawn', 'revoked', 'closed')",
            name="asset_state_known",
        ),
        sa.CheckConstraint("area_m2 > 0", name="asset_area_positive"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["disposal_team.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asset_no", name="asset_number"),
        sa.UniqueConstraint("registry_no", name="asset_registry_number"),
        sa.UniqueConstraint("source_key", name="asset_source_key"),
    )
    op.create_index("asset_newest", "asset", ["court_code", "id"], unique=False)
    op.create_index("asset_search", "asset", ["search_tokens"], unique=False, postgresql_using="gin")
    op.create_index("asset_work_list", "asset", ["court_code", "state", "id"], unique=False)
    op.create_index(op.f("ix_asset_case_id"), "asset", ["case_id"], unique=False)
    op.create_table(
        "party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_natural_person", sa.Boolean(), nullable=False),
        sa.Column("identity_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("identity_match", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("is_reachable", sa.Boolean(), nullable=False),
        sa.Column("claim_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "role IN ('applicant', 'debtor', 'priority_creditor', 'waiting_seal_creditor', 'co_owner', 'tenant', 'shareholder', 'other')",
            name="party_role_known",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["enforcement_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("party_case", "party", ["case_id"], unique=False)
    op.create_index("party_identity", "party", ["identity_match"], unique=False)
    op.create_table(
        "seal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("creditor_name", sa.String(length=80), nullable=False),
        sa.Column("claim_fen", sa.BigInteger(), nullable=False),
        sa.Column("has_priority_right", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("alarm_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('preservation', 'enforcement')", name="seal_kind_known"),
        sa.CheckConstraint(
            "state IN ('effective', 'waiting', 'lapsed', 'released', 'treated_as_transferred')",
            name="seal_state_known",
        ),
        sa.CheckConstraint("expires_on > registered_on", name="seal_ends_after_start"),
        sa.CheckConstraint("position >= 1", name="seal_position_positive"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asset_id", "position", name="seal_order"),
    )
    op.create_index(op.f("ix_seal_court_code"), "seal", ["court_code"], unique=False)
    op.create_index(
        "seal_expiry",
        "seal",
        ["expires_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('effective', 'treated_as_transferred')"),
    )
    op.create_index(
        "seal_one_effective",
        "seal",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('effective', 'treated_as_transferred')"),
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("surveyor_account_id", sa.Uuid(), nullable=True),
        sa.Column("surveyor_names", sa.String(length=80), nullable=False),
        sa.Column("surveyed_on", sa.Date(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["surveyor_account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("survey_asset", "survey", ["asset_id"], unique=False)
    op.create_index(
        "survey_one_open",
        "survey",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("completed_at IS NULL"),
    )
    op.create_table(
        "transfer_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("first_court_code", sa.String(), nullable=False),
        sa.Column("requesting_court_code", sa.String(), nullable=False),
        sa.Column("requesting_case_id", sa.Uuid(), nullable=False),
        sa.Column("requesting_case_no", sa.String(length=40), nullable=False),
        sa.Column("first_case_no", sa.String(length=40), nullable=False),
        sa.Column("effective_title", sa.String(length=200), nullable=False),
        sa.Column("right_note", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("claim_fen", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_code", sa.String(length=40), nullable=True),
        sa.Column("refusal_reason", sa.String(length=1000), nullable=True),
        sa.Column("decision_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("decision_reason", sa.String(length=1000), nullable=True),
        sa.Column("superior_court_code", sa.String(), nullable=True),
        sa.Column("decided_court_code", sa.String(), nullable=True),
        sa.Column("follow_up_due_on", sa.Date(), nullable=True),
        sa.Column("supplement_note", sa.String(length=1000), nullable=True),
        sa.Column("supplement_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("request_document_id", sa.Uuid(), nullable=True),
        sa.Column("answer_document_id", sa.Uuid(), nullable=True),
        sa.Column("report_document_id", sa.Uuid(), nullable=True),
        sa.Column("decision_document_id", sa.Uuid(), nullable=True),
        sa.Column("handed_over", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("basis IN ('T-01', 'T-10', 'T-15')", name="transfer_request_basis_known"),
        sa.CheckConstraint(
            "decision IN ('designate_requester', 'order_first_court', 'raise', 'joint')",
            name="transfer_request_decision_known",
        ),
        sa.CheckConstraint(
            "refusal_code IN ('near_sale', 'asset_in_dispute', 'no_surplus', 'priority_not_confirmed', 'already_sold', 'other')",
            name="transfer_request_refusal_code_known",
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'received', 'returned_for_supplement', 'consented', 'refused', 'silent', 'coordinating', 'decided', 'completed', 'recalled')",
            name="transfer_request_state_known",
        ),
        sa.CheckConstraint("first_court_code <> requesting_court_code", name="transfer_between_two_courts"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["first_court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["requesting_case_id"],
            ["enforcement_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["requesting_court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["superior_court_code"],
            ["court.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "transfer_answer_due",
        "transfer_request",
        ["answer_due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('requested', 'received')"),
    )
    op.create_index("transfer_inbox", "transfer_request", ["first_court_code", "state"], unique=False)
    op.create_index(
        "transfer_one_open",
        "transfer_request",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text(
            "state IN ('coordinating', 'received', 'refused', 'requested', 'returned_for_supplement', 'silent')"
        ),
    )
    op.create_index("transfer_outbox", "transfer_request", ["requesting_court_code", "state"], unique=False)
    op.create_index(
        "transfer_undecided",
        "transfer_request",
        ["decision_due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'coordinating'"),
    )
    op.create_table(
        "valuation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reuse_until", sa.Date(), nullable=True),
        sa.Column("objection_window_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "method IN ('agreement', 'directed_inquiry', 'online_inquiry', 'appraisal')",
            name="valuation_method_known",
        ),
        sa.CheckConstraint(
            "state <> 'fixed' OR (price_fen IS NOT NULL AND fixed_at IS NOT NULL AND valid_until IS NOT NULL)",
            name="valuation_fixed_is_complete",
        ),
        sa.CheckConstraint(
            "state IN ('not_started', 'negotiating', 'directed', 'online_inquiry', 'appraiser_selection', 'appraising', 'court_review', 'serving', 'objection_window', 'objection_t1', 'objection_t2', 'expert_review', 'fixed', 'stayed', 'withdrawn', 'expired', 'reissue')",
            name="valuation_state_known",
        ),
        sa.CheckConstraint("price_fen > 0", name="valuation_price_positive"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "valuation_one_current",
        "valuation",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "appraisal_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("firm", sa.String(length=80), nullable=False),
        sa.Column("report_no", sa.String(length=60), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("appraised_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("unusual_reason", sa.String(length=200), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price_fen > 0", name="appraisal_report_price_positive"),
        sa.CheckConstraint("valid_until > appraised_on", name="appraisal_report_validity"),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("firm", "report_no", name="appraisal_report_number"),
    )
    op.create_index("appraisal_report_valuation", "appraisal_report", ["valuation_id"], unique=False)
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_no", sa.String(length=30), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("valuation_id", sa.Uuid(), nullable=True),
        sa.Column("previous_lot_id", sa.Uuid(), nullable=True),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("rerun", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=4000), nullable=False),
        sa.Column("asset_kind", sa.String(), nullable=False),
        sa.Column("is_movable", sa.Boolean(), nullable=False),
        sa.Column("reference_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("starting_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("increment_fen", sa.BigInteger(), nullable=False),
        sa.Column("deposit_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_due_days", sa.Integer(), nullable=False),
        sa.Column("extension_window_s", sa.Integer(), nullable=False),
        sa.Column("extension_s", sa.Integer(), nullable=False),
        sa.Column("extension_from", sa.String(), nullable=False),
        sa.Column("may_outbid_self", sa.Boolean(), nullable=False),
        sa.Column("disclosure", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("search_tokens", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_end_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("winning_registration_id", sa.Uuid(), nullable=True),
        sa.Column("ended_reason", sa.String(length=80), nullable=True),
        sa.Column("view_count", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.Column("is_practice", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'sold') <= (final_price_fen IS NOT NULL)", name="lot_sold_has_price"),
        sa.CheckConstraint(
            "asset_kind IN ('real_estate', 'vehicle', 'shares', 'land', 'goods', 'other_right')",
            name="lot_asset_kind_known",
        ),
        sa.CheckConstraint("extension_from IN ('bid', 'close')", name="lot_extension_from_known"),
        sa.CheckConstraint("round IN ('first', 'second', 'sell_off')", name="lot_round_known"),
        sa.CheckConstraint(
            "state IN ('draft', 'notifying', 'published', 'bidding', 'selloff_open', 'selloff_bidding', 'paused', 'sold', 'failed', 'selloff_failed', 'withdrawn', 'defaulted', 'revoked')",
            name="lot_state_known",
        ),
        sa.CheckConstraint("deposit_fen >= 0", name="lot_deposit_not_negative"),
        sa.CheckConstraint("increment_fen > 0", name="lot_increment_positive"),
        sa.CheckConstraint("scheduled_end_at > starts_at", name="lot_ends_after_start"),
        sa.CheckConstraint("starting_price_fen > 0", name="lot_starting_price_positive"),
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
            ["previous_lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["disposal_team.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asset_id", "round", "rerun", "attempt", name="lot_one_per_round"),
        sa.UniqueConstraint("lot_no", name="lot_number"),
    )
    op.create_index(op.f("ix_lot_case_id"), "lot", ["case_id"], unique=False)
    op.create_index(op.f("ix_lot_source_key"), "lot", ["source_key"], unique=False)
    op.create_index("lot_catalogue_end", "lot", ["state", "scheduled_end_at", "id"], unique=False)
    op.create_index(
        "lot_ending",
        "lot",
        ["scheduled_end_at", "id"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('bidding', 'paused', 'published', 'selloff_bidding', 'selloff_open')"
        ),
    )
    op.create_index(
        "lot_newest",
        "lot",
        ["published_at", "id"],
        unique=False,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )
    op.create_index(
        "lot_one_live_per_asset",
        "lot",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text(
            "state IN ('bidding', 'draft', 'notifying', 'paused', 'published', 'selloff_bidding', 'selloff_open')"
        ),
    )
    op.create_index("lot_previous", "lot", ["previous_lot_id"], unique=False)
    op.create_index(
        "lot_price",
        "lot",
        ["starting_price_fen", "id"],
        unique=False,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )
    op.create_index(
        "lot_results",
        "lot",
        ["ended_at", "id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index("lot_search", "lot", ["search_tokens"], unique=False, postgresql_using="gin")
    op.create_index("lot_work_list", "lot", ["court_code", "state", "id"], unique=False)
    op.create_table(
        "result_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valuation_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "way IN ('electronic', 'post', 'in_person', 'public_posting')", name="result_service_way_known"
        ),
        sa.CheckConstraint("received_at >= sent_at", name="result_service_order"),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
        ),
        sa.ForeignKeyConstraint(
            ["valuation_id"],
            ["valuation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("valuation_id", "party_id", name="result_service_once"),
    )
    op.create_table(
        "survey_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("finding", sa.String(length=1000), nullable=False),
        sa.Column("evidence_kind", sa.String(), nullable=False),
        sa.Column("evidence_ref", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "evidence_kind IN ('registry_extract', 'site_inspection', 'photo', 'statement', 'inquiry_reply', 'document')",
            name="survey_line_evidence_kind_known",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["survey.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("survey_id", "item", name="survey_line_item"),
    )
    op.create_table(
        "lot_bidding",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("is_sell_off", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starting_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("increment_fen", sa.BigInteger(), nullable=False),
        sa.Column("extension_window_s", sa.Integer(), nullable=False),
        sa.Column("extension_s", sa.Integer(), nullable=False),
        sa.Column("extension_from", sa.String(), nullable=False),
        sa.Column("may_outbid_self", sa.Boolean(), nullable=False),
        sa.Column("current_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("leader_registration_id", sa.Uuid(), nullable=True),
        sa.Column("leader_code", sa.String(length=12), nullable=True),
        sa.Column("leader_priority", sa.Integer(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("accepted_count", sa.Integer(), nullable=False),
        sa.Column("extension_count", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("remaining_ms", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "phase IN ('waiting', 'open', 'paused', 'closed')", name="lot_bidding_phase_known"
        ),
        sa.CheckConstraint(
            "(current_price_fen IS NULL) = (leader_registration_id IS NULL)",
            name="lot_bidding_price_has_leader",
        ),
        sa.CheckConstraint("current_price_fen >= starting_price_fen", name="lot_bidding_price_from_start"),
        sa.CheckConstraint("ends_at > starts_at", name="lot_bidding_ends_after_start"),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_index(
        "lot_bidding_due",
        "lot_bidding",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("phase = 'open'"),
    )
    op.create_index(
        "lot_bidding_starting",
        "lot_bidding",
        ["starts_at"],
        unique=False,
        postgresql_where=sa.text("phase = 'waiting'"),
    )
    op.create_table(
        "notice_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "version", name="notice_version_order"),
    )
    op.create_table(
        "panel_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("starting_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("increment_fen", sa.BigInteger(), nullable=False),
        sa.Column("deposit_fen", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("votes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minutes", sa.String(length=2000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("panel_decision_asset", "panel_decision", ["asset_id"], unique=False)
    op.create_table(
        "party_notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "party_id", name="party_notification_once"),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("account_match", sa.LargeBinary(), nullable=False),
        sa.Column("identity_match", sa.LargeBinary(), nullable=False),
        sa.Column("name_match", sa.LargeBinary(), nullable=False),
        sa.Column("identity_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=True),
        sa.Column("priority_order", sa.Integer(), nullable=True),
        sa.Column("is_applicant", sa.Boolean(), nullable=False),
        sa.Column("agent_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("virtual_account_no", sa.String(length=32), nullable=False),
        sa.Column("deposit_state", sa.String(), nullable=False),
        sa.Column("deposit_due_fen", sa.BigInteger(), nullable=False),
        sa.Column("deposit_paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("rules_accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("qualified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_reason", sa.String(length=200), nullable=True),
        sa.Column("is_winner", sa.Boolean(), nullable=False),
        sa.Column("refund_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "deposit_state IN ('pending', 'partial', 'received', 'waived', 'refund_due', 'refunded', 'to_court', 'applied_to_price', 'forfeited', 'used', 'prepaid_full')",
            name="registration_deposit_state_known",
        ),
        sa.CheckConstraint(
            "state <> 'qualified' OR code IS NOT NULL", name="registration_qualified_has_code"
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'agent_check', 'priority_claimed', 'deposit_pending', 'qualified', 'rejected')",
            name="registration_state_known",
        ),
        sa.CheckConstraint(
            "deposit_paid_fen >= 0 AND deposit_due_fen >= 0", name="registration_money_not_negative"
        ),
        sa.CheckConstraint("priority_order >= 1", name="registration_priority_positive"),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lot_id", "account_match", name="registration_once_per_lot"),
        sa.UniqueConstraint("lot_id", "code", name="registration_code_in_lot"),
        sa.UniqueConstraint("virtual_account_no", name="registration_virtual_account"),
    )
    op.create_index(op.f("ix_registration_identity_match"), "registration", ["identity_match"], unique=False)
    op.create_index("registration_person", "registration", ["account_match"], unique=False)
    op.create_index(
        "registration_refund_due",
        "registration",
        ["refund_due_at"],
        unique=False,
        postgresql_where=sa.text("deposit_state = 'refund_due'"),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_reference", sa.String(length=60), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("virtual_account_no", sa.String(length=32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("payer_match", sa.LargeBinary(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("matched_to", sa.String(length=20), nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'matched', 'suspended', 'returned')", name="bank_line_state_known"
        ),
        sa.CheckConstraint("amount_fen > 0", name="bank_line_amount_positive"),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("bank_reference", name="bank_line_reference"),
    )
    op.create_index("bank_line_account", "bank_line", ["virtual_account_no"], unique=False)
    op.create_index(
        "bank_line_open",
        "bank_line",
        ["booked_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('new', 'suspended')"),
    )
    op.create_table(
        "bid",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("priority_order", sa.Integer(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'not_started', 'late', 'paused', 'not_qualified', 'below_start', 'too_low', 'bad_step', 'equal_without_better_rank', 'self_outbid', 'absurd')",
            name="bid_outcome_known",
        ),
        sa.CheckConstraint("seq >= 1", name="bid_seq_positive"),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot_bidding.lot_id"],
        ),
        sa.PrimaryKeyConstraint("lot_id", "seq"),
        sa.UniqueConstraint("registration_id", "idempotency_key", name="bid_once_per_key"),
    )
    op.create_index(
        "bid_one_ordinary_per_amount",
        "bid",
        ["lot_id", "amount_fen"],
        unique=True,
        postgresql_where=sa.text("outcome = 'accepted' AND priority_order IS NULL"),
    )
    op.create_table(
        "settlement",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("buyer_name", sa.String(length=80), nullable=False),
        sa.Column("buyer_code", sa.String(length=12), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("deposit_applied_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("virtual_account_no", sa.String(length=32), nullable=False),
        sa.Column("balance_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmation_document_id", sa.Uuid(), nullable=True),
        sa.Column("payment_notice_document_id", sa.Uuid(), nullable=True),
        sa.Column("paid_full_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruling_document_id", sa.Uuid(), nullable=True),
        sa.Column("ruling_issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruling_served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transfer_notice_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery_record", sa.String(length=2000), nullable=True),
        sa.Column("defaulted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("default_reason", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('await_balance', 'qualification_recheck', 'paid_full', 'ruling_issued', 'ruling_served', 'transfer_notice_sent', 'delivered', 'defaulted', 'revoked', 'settled')",
            name="settlement_state_known",
        ),
        sa.CheckConstraint(
            "balance_paid_fen >= 0 AND balance_fen >= 0", name="settlement_money_not_negative"
        ),
        sa.CheckConstraint("price_fen = deposit_applied_fen + balance_fen", name="settlement_adds_up"),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
        ),
        sa.PrimaryKeyConstraint("lot_id"),
        sa.UniqueConstraint("virtual_account_no", name="settlement_virtual_account"),
    )
    op.create_index(
        "settlement_balance_due",
        "settlement",
        ["balance_due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'await_balance'"),
    )
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("bank_line_id", sa.Uuid(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "kind IN ('deposit_refund', 'overpayment_refund', 'unmatched_return', 'payout')",
            name="payment_order_kind_known",
        ),
        sa.CheckConstraint("state IN ('due', 'executed', 'failed')", name="payment_order_state_known"),
        sa.CheckConstraint("amount_fen > 0", name="payment_order_amount_positive"),
        sa.ForeignKeyConstraint(
            ["bank_line_id"],
            ["bank_line.id"],
        ),
        sa.ForeignKeyConstraint(
            ["court_code"],
            ["court.code"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="payment_order_key"),
    )
    op.create_index(op.f("ix_payment_order_lot_id"), "payment_order", ["lot_id"], unique=False)
    op.create_index(
        "payment_order_due",
        "payment_order",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )

    # Functions, sequences and triggers as they were at this release; `migrations/sql/` holds them as they are now.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    cursor.close()


def downgrade() -> None:
    """There is nothing before the first release."""
    raise NotImplementedError

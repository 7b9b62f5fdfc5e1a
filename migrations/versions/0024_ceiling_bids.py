"""Ceiling bids (委托出价): allowed by the panel, sealed, and in the public log when set, used and withdrawn (B-40, B-44).

Revision: 0024; follows: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE = "outcome IN ('accepted', 'not_started', 'late', 'paused', 'not_qualified', 'below_start', 'too_low', 'bad_step', 'equal_without_better_rank', 'self_outbid', 'absurd')"
AFTER = BEFORE.removesuffix(")") + ", 'ceiling_set', 'ceiling_withdrawn')"


def upgrade() -> None:
    for table in ("lot", "lot_bidding", "panel_decision"):
        op.add_column(
            table, sa.Column("ceiling_bids_allowed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        op.alter_column(table, "ceiling_bids_allowed", server_default=None)
    op.add_column("lot_bidding", sa.Column("ceilings", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("lot_bidding", "ceilings", server_default=None)
    op.create_check_constraint(
        "lot_bidding_ceilings_allowed",
        "lot_bidding",
        "ceilings >= 0 AND (ceilings = 0 OR ceiling_bids_allowed)",
    )
    op.add_column("bid", sa.Column("ceiling", sa.Integer(), nullable=True))
    op.add_column("bid", sa.Column("ceiling_proof", sa.LargeBinary(), nullable=True))
    op.drop_constraint("bid_outcome_known", "bid", type_="check")
    op.create_check_constraint("bid_outcome_known", "bid", AFTER)
    op.create_check_constraint("bid_ceiling_is_earlier", "bid", "ceiling < seq")
    op.create_check_constraint(
        "bid_ceiling_act_is_whole",
        "bid",
        "(outcome = 'ceiling_set') <= (ceiling_proof IS NOT NULL) "
        "AND (outcome = 'ceiling_withdrawn') <= (ceiling IS NOT NULL)",
    )
    op.create_table(
        "ceiling",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("limit_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_weighed", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_seq", sa.Integer(), nullable=False),
        sa.Column("told_seq", sa.Integer(), nullable=False),
        sa.Column("end_told", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_limit_fen", sa.BigInteger(), nullable=True),
        sa.Column("opened_secret", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(state = 'standing') = (ended_at IS NULL)", name="ceiling_ended_has_time"),
        sa.CheckConstraint(
            "num_nulls(opened_at, opened_limit_fen, opened_secret) IN (0, 3)", name="ceiling_opened_whole"
        ),
        sa.CheckConstraint(
            "state IN ('standing', 'replaced', 'withdrawn', 'exhausted')", name="ceiling_state_known"
        ),
        sa.ForeignKeyConstraint(["lot_id", "seq"], ["bid.lot_id", "bid.seq"], name="ceiling_is_in_the_log"),
        sa.ForeignKeyConstraint(["lot_id"], ["lot_bidding.lot_id"]),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"]),
        sa.PrimaryKeyConstraint("lot_id", "seq"),
    )
    for name, columns, unique, where in (
        ("ceiling_one_standing", ["registration_id"], True, "state = 'standing'"),
        ("ceiling_unweighed", ["lot_id"], False, "state = 'standing' AND NOT is_weighed"),
        (
            "ceiling_untold",
            ["lot_id"],
            False,
            "used_seq > told_seq OR (state = 'exhausted' AND NOT end_told)",
        ),
        ("ix_ceiling_registration_id", ["registration_id"], False, None),
    ):
        op.create_index(
            name,
            "ceiling",
            columns,
            unique=unique,
            postgresql_where=None if where is None else sa.text(where),
        )
    op.execute(
        "CREATE TRIGGER ceiling_kept BEFORE DELETE OR TRUNCATE ON ceiling "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()"
    )

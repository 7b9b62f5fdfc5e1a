"""The statements of a batch, in raw SQL: this is the contested path (see benchmarks/RESULTS.md)."""

_LOCKED = """
SELECT lot_id, phase, is_sell_off, starts_at, ends_at, starting_price_fen, increment_fen, extension_window_s,
       extension_s, extension_from, may_outbid_self, current_price_fen, leader_registration_id, leader_code,
       leader_priority, last_seq, accepted_count, extension_count, head_hash, court_now() AS decided_at
  FROM locked
"""

LOCK_LOT = (
    "WITH locked AS MATERIALIZED (SELECT * FROM lot_bidding WHERE lot_id = ANY($1::uuid[]) FOR UPDATE)"  # noqa: S608 - constants
    + _LOCKED
)
"""Lock one lot's row; `decided_at` is read after the lock is held (the projection follows the materialised row)."""

LOCK_FREE_LOTS = (
    "WITH locked AS MATERIALIZED (SELECT * FROM lot_bidding WHERE lot_id = ANY($1::uuid[]) FOR UPDATE SKIP LOCKED)"  # noqa: S608
    + _LOCKED
)
"""Lock those lots that nobody else holds. A batch of many lots never waits for one of them, so it cannot deadlock
and cannot be held up; a lot in other hands is then taken alone with `LOCK_LOT`."""

KNOW_BIDDERS = """
SELECT r.state = 'qualified' AS qualified, r.code, r.priority_order, b.lot_id, b.seq, b.code AS earlier_code,
       b.amount_fen, b.outcome, b.decided_at, b.ends_at, b.extended, b.hash
  FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS w(lot_id, registration_id, idempotency_key, n)
  LEFT JOIN registration r ON r.id = w.registration_id AND r.lot_id = w.lot_id
  LEFT JOIN bid b ON b.registration_id = w.registration_id AND b.idempotency_key = w.idempotency_key
 ORDER BY w.n
"""
"""Qualification of each waiting bid, and the earlier bid with the same idempotency key. Runs after the lock, so that
what another process committed before is seen."""

WRITE_BATCH = """
WITH written AS (
    INSERT INTO bid (lot_id, seq, registration_id, code, priority_order, amount_fen, outcome, received_at, decided_at,
                     ends_at, extended, idempotency_key, hash)
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::int[], $6::bigint[], $7::text[],
                         $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::bool[], $12::text[],
                         $13::bytea[])
)
UPDATE lot_bidding AS lot
   SET ends_at = now_is.ends_at, current_price_fen = now_is.price_fen, leader_registration_id = now_is.leader,
       leader_code = now_is.leader_code, leader_priority = now_is.leader_priority, last_seq = now_is.last_seq,
       accepted_count = now_is.accepted_count, extension_count = now_is.extension_count, head_hash = now_is.head
  FROM unnest($14::uuid[], $15::timestamptz[], $16::bigint[], $17::uuid[], $18::text[], $19::int[], $20::int[],
              $21::int[], $22::int[], $23::bytea[])
       AS now_is(lot_id, ends_at, price_fen, leader, leader_code, leader_priority, last_seq, accepted_count,
                 extension_count, head)
 WHERE lot.lot_id = now_is.lot_id
"""
"""Append the outcomes and move the lots, in one statement."""

TELL_WATCHERS = "SELECT pg_notify('lot_live', lot_id::text) FROM unnest($1::uuid[]) AS lot_id"
"""After the commit, for all lots changed since the last time: commits that notify would wait for one another."""

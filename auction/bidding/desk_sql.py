"""The three statements of a batch, in raw SQL: this is the contested path (see benchmarks/RESULTS.md)."""

LOCK_LOT = """
WITH locked AS MATERIALIZED (SELECT * FROM lot_bidding WHERE lot_id = $1 FOR UPDATE)
SELECT phase, is_sell_off, starts_at, ends_at, starting_price_fen, increment_fen, extension_window_s, extension_s,
       extension_from, may_outbid_self, current_price_fen, leader_registration_id, leader_code, leader_priority,
       last_seq, accepted_count, extension_count, head_hash, court_now() AS decided_at
  FROM locked
"""
"""Lock the lot's row; `decided_at` is read after the lock is held (the projection follows the materialised rows)."""

KNOW_BIDDERS = """
SELECT w.n, r.state = 'qualified' AS qualified, r.code, r.priority_order, b.lot_id, b.seq, b.amount_fen, b.outcome,
       b.decided_at, b.ends_at, b.extended, b.hash
  FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS w(registration_id, idempotency_key, n)
  LEFT JOIN registration r ON r.id = w.registration_id AND r.lot_id = $1
  LEFT JOIN bid b ON b.registration_id = w.registration_id AND b.idempotency_key = w.idempotency_key
 ORDER BY w.n
"""
"""Qualification of each waiting bid, and the earlier bid with the same idempotency key. Runs after the lock, so that
what another process committed before is seen."""

WRITE_BATCH = """
WITH written AS (
    INSERT INTO bid (lot_id, seq, registration_id, code, priority_order, amount_fen, outcome, received_at, decided_at,
                     ends_at, extended, idempotency_key, hash)
    SELECT $1, w.seq, w.registration_id, w.code, w.priority_order, w.amount_fen, w.outcome, w.received_at, $2,
           w.ends_at, w.extended, w.idempotency_key, w.hash
      FROM unnest($3::int[], $4::uuid[], $5::text[], $6::int[], $7::bigint[], $8::text[], $9::timestamptz[],
                  $10::timestamptz[], $11::bool[], $12::text[], $13::bytea[])
           AS w(seq, registration_id, code, priority_order, amount_fen, outcome, received_at, ends_at, extended,
                idempotency_key, hash)
)
UPDATE lot_bidding
   SET ends_at = $14, current_price_fen = $15, leader_registration_id = $16, leader_code = $17, leader_priority = $18,
       last_seq = $19, accepted_count = $20, extension_count = $21, head_hash = $22
 WHERE lot_id = $1
RETURNING pg_notify('lot_live', lot_id::text)
"""
"""Append the outcomes, move the lot, wake the watchers: the notice goes out when the transaction commits."""

"""The statements of a batch, in raw SQL: this is the contested path (see benchmarks/RESULTS.md)."""

_LOCKED = """
SELECT lot_id, phase, is_sell_off, starts_at, ends_at, starting_price_fen, increment_fen, extension_window_s,
       extension_s, extension_from, may_outbid_self, current_price_fen, leader_registration_id, leader_code,
       leader_priority, last_seq, accepted_count, extension_count, head_hash, ceilings,
       court_now() AS decided_at
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
       b.amount_fen, b.outcome, b.received_at, b.decided_at, b.ends_at, b.extended, b.hash
  FROM ROWS FROM (json_to_recordset($1::json) AS (lot_id uuid, registration_id uuid, idempotency_key text))
       WITH ORDINALITY AS w(lot_id, registration_id, idempotency_key, n)
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
    SELECT lot_id, seq, registration_id, code, priority_order, amount_fen, outcome, received_at, decided_at, ends_at,
           extended, idempotency_key, decode(hash, 'hex')
      FROM json_to_recordset($1::json)
           AS b(lot_id uuid, seq int, registration_id uuid, code text, priority_order int, amount_fen bigint,
                outcome text, received_at timestamptz, decided_at timestamptz, ends_at timestamptz, extended bool,
                idempotency_key text, hash text)
)
UPDATE lot_bidding AS lot
   SET ends_at = now_is.ends_at, current_price_fen = now_is.price_fen, leader_registration_id = now_is.leader,
       leader_code = now_is.leader_code, leader_priority = now_is.leader_priority, last_seq = now_is.last_seq,
       accepted_count = now_is.accepted_count, extension_count = now_is.extension_count,
       head_hash = decode(now_is.head, 'hex')
  FROM json_to_recordset($2::json)
       AS now_is(lot_id uuid, ends_at timestamptz, price_fen bigint, leader uuid, leader_code text,
                 leader_priority int, last_seq int, accepted_count int, extension_count int, head text)
 WHERE lot.lot_id = now_is.lot_id
"""
"""Append the outcomes and move the lots, in one statement. Rows travel as one JSON text: encoding an array for each
column costs the web process several times as much."""

WRITE_BATCH_WITH_CEILINGS = (
    WRITE_BATCH.replace("idempotency_key, hash)", "idempotency_key, hash, ceiling, ceiling_proof)")
    .replace("decode(hash, 'hex')", "decode(hash, 'hex'), ceiling, decode(ceiling_proof, 'hex')")
    .replace("hash text)", "hash text, ceiling int, ceiling_proof text)")
)
"""The same for a batch that holds bids by ceilings or records about them."""

KNOW_CEILINGS = """
SELECT c.lot_id, c.seq, c.registration_id, c.code, c.limit_sealed, c.is_weighed, r.priority_order,
       r.state = 'qualified' AND r.code = c.code AS in_force
  FROM ceiling c JOIN registration r ON r.id = c.registration_id
 WHERE c.lot_id = ANY($1::uuid[]) AND c.state = 'standing'
 ORDER BY c.lot_id, c.seq
"""
"""The standing ceilings of locked lots, still sealed. Asked only for lots whose row counts any."""

WRITE_CEILINGS = """
WITH changed AS (
    UPDATE ceiling
       SET is_weighed = true, used_seq = greatest(ceiling.used_seq, now_is.used_seq),
           state = CASE WHEN now_is.has_ended THEN 'exhausted' ELSE ceiling.state END,
           ended_at = CASE WHEN now_is.has_ended THEN now_is.at ELSE ceiling.ended_at END
      FROM json_to_recordset($1::json) AS now_is(lot_id uuid, seq int, used_seq int, has_ended bool, at timestamptz)
     WHERE ceiling.lot_id = now_is.lot_id AND ceiling.seq = now_is.seq
)
UPDATE lot_bidding SET ceilings = ceilings - gone.ended
  FROM json_to_recordset($2::json) AS gone(lot_id uuid, ended int)
 WHERE lot_bidding.lot_id = gone.lot_id
"""
"""Note which ceilings have taken part or made a bid, and which can never lead again."""

TELL_WATCHERS = "SELECT pg_notify('lot_live', lot_id::text) FROM unnest($1::uuid[]) AS lot_id"
"""After the commit, for all lots changed since the last time: commits that notify would wait for one another."""

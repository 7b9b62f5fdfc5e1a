"""The statements of a batch, in raw SQL: this is the contested path (see benchmarks/RESULTS.md)."""

TAKE = "SELECT * FROM public.take_to_desk($1::uuid[], $2::json, $3)"
"""Lock lots, then what is known of them and of each bidder who asks (migrations/sql/061_bidding_desk.sql). $2: `BidderQuestion`s;
$3: whether to wait for locks, or leave out the lots that somebody else holds."""

WRITE = "SELECT public.write_from_desk($1::json, $2::json)"
"""Append outcomes ($1: `BidRow`s) and move the lots ($2: `LotRow`s)."""

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

TELL_WATCHERS = """
SELECT pg_notify('lot_live', string_agg(lot_id::text, ' '))
  FROM unnest($1::uuid[]) WITH ORDINALITY AS changed(lot_id, n)
 GROUP BY (n - 1) / 200
"""
"""After the commit, for all lots changed since the last time: commits that notify would wait for one another. A notification
names many lots (it holds 8,000 bytes), since each costs every process that listens."""

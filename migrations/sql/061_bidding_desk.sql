-- What a batch of bids asks and writes (auction/bidding/desk_transaction.py), each in one round trip. Table names are looked up on
-- the caller's search path: the practice lot calls the same functions (090_practice.sql).

-- Lock the lots, then say how they stand and what is known of each bidder who asks. What is known is read by a statement of its own
-- after the lock, so that what another process committed before is seen; so is the time. With `wait`, locks are waited for (one lot);
-- without, lots that somebody else holds are left out, so that a batch of many lots never waits for one of them and cannot deadlock.
-- One row for each question about a locked lot, in their order; the columns of the lot only in the row of the question that `leads`.
CREATE OR REPLACE FUNCTION take_to_desk(lots uuid[], questions json, wait boolean)
RETURNS TABLE (
    asked_lot uuid, qualified boolean, code text, priority_order int,
    seq int, earlier_code text, amount_fen bigint, outcome text, received_at timestamptz, earlier_at timestamptz,
    earlier_ends_at timestamptz, extended boolean, hash bytea,
    lot_id uuid, phase text, is_sell_off boolean, starts_at timestamptz, ends_at timestamptz, starting_price_fen bigint,
    increment_fen bigint, extension_window_s int, extension_s int, extension_from text, may_outbid_self boolean,
    current_price_fen bigint, leader_registration_id uuid, leader_code text, leader_priority int, last_seq int,
    accepted_count int, extension_count int, head_hash bytea, ceilings int, decided_at timestamptz
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    locked uuid[];
    inside timestamptz;
BEGIN
    IF wait THEN
        locked := ARRAY(SELECT b.lot_id FROM lot_bidding AS b WHERE b.lot_id = ANY (lots) FOR UPDATE);
    ELSE
        locked := ARRAY(SELECT b.lot_id FROM lot_bidding AS b WHERE b.lot_id = ANY (lots) FOR UPDATE SKIP LOCKED);
    END IF;
    inside := court_now();
    RETURN QUERY
    SELECT q.lot_id, r.state = 'qualified', r.code::text, r.priority_order,
           e.seq, e.code::text, e.amount_fen, e.outcome::text, e.received_at, e.decided_at,
           e.ends_at, e.extended, e.hash,
           l.lot_id, l.phase::text, l.is_sell_off, l.starts_at, l.ends_at, l.starting_price_fen,
           l.increment_fen, l.extension_window_s, l.extension_s, l.extension_from::text, l.may_outbid_self,
           l.current_price_fen, l.leader_registration_id, l.leader_code::text, l.leader_priority, l.last_seq,
           l.accepted_count, l.extension_count, l.head_hash, l.ceilings, CASE WHEN q.leads THEN inside END
      FROM ROWS FROM (json_to_recordset(questions)
                      AS (lot_id uuid, leads boolean, registration_id uuid, idempotency_key text))
           WITH ORDINALITY AS q (lot_id, leads, registration_id, idempotency_key, n)
      LEFT JOIN lot_bidding AS l ON q.leads AND l.lot_id = q.lot_id
      LEFT JOIN registration AS r ON r.id = q.registration_id AND r.lot_id = q.lot_id
      LEFT JOIN bid AS e ON e.registration_id = q.registration_id AND e.idempotency_key = q.idempotency_key
     WHERE q.lot_id = ANY (locked)
     ORDER BY q.n;
END $$;

-- Append the outcomes and move the lots. Rows travel as one JSON text: encoding an array for each column costs the web process
-- several times as much.
CREATE OR REPLACE FUNCTION write_from_desk(bids json, lots json) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO bid (lot_id, seq, registration_id, code, priority_order, amount_fen, outcome, received_at, decided_at,
                     ends_at, extended, idempotency_key, hash, ceiling, ceiling_proof)
    SELECT lot_id, seq, registration_id, code, priority_order, amount_fen, outcome, received_at, decided_at, ends_at,
           extended, idempotency_key, decode(hash, 'hex'), ceiling, decode(ceiling_proof, 'hex')
      FROM json_to_recordset(bids)
           AS b(lot_id uuid, seq int, registration_id uuid, code text, priority_order int, amount_fen bigint,
                outcome text, received_at timestamptz, decided_at timestamptz, ends_at timestamptz, extended bool,
                idempotency_key text, hash text, ceiling int, ceiling_proof text);
    UPDATE lot_bidding AS lot
       SET ends_at = now_is.ends_at, current_price_fen = now_is.price_fen, leader_registration_id = now_is.leader,
           leader_code = now_is.leader_code, leader_priority = now_is.leader_priority, last_seq = now_is.last_seq,
           accepted_count = now_is.accepted_count, extension_count = now_is.extension_count,
           head_hash = decode(now_is.head, 'hex')
      FROM json_to_recordset(lots)
           AS now_is(lot_id uuid, ends_at timestamptz, price_fen bigint, leader uuid, leader_code text,
                     leader_priority int, last_seq int, accepted_count int, extension_count int, head text)
     WHERE lot.lot_id = now_is.lot_id;
END $$;

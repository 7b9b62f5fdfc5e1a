-- Links an audit event to its stream under the lock of the stream's head, and forbids any later change. A link costs one
-- statement: nearly every stream that is written to has a head already.
CREATE OR REPLACE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    payload bytea := convert_to(NEW.payload, 'UTF8');
    unwritten CONSTANT bytea := decode(repeat('00', 32), 'hex');
BEGIN
    LOOP
        UPDATE audit_head AS head SET seq = head.seq + 1, hash = sha256(newest.hash || payload)
          FROM (SELECT stream, hash FROM audit_head WHERE stream = NEW.stream FOR UPDATE) AS newest
         WHERE head.stream = newest.stream
        RETURNING head.seq, newest.hash, head.hash INTO NEW.seq, NEW.previous_hash, NEW.hash;
        IF FOUND THEN
            RETURN NEW;
        END IF;
        NEW.seq := 1;
        NEW.previous_hash := unwritten;
        NEW.hash := sha256(unwritten || payload);
        INSERT INTO audit_head (stream, seq, hash) VALUES (NEW.stream, 1, NEW.hash) ON CONFLICT (stream) DO NOTHING;
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END LOOP;
END $$;

-- Every bid belongs to a lot's contested row (which is never removed: lot_bidding_kept). Asked once for all rows of a batch: a
-- foreign key asks for each, which was a fifth of what a bid costs the database.
CREATE OR REPLACE FUNCTION bid_has_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT lot_id FROM written) AS w
                WHERE NOT EXISTS (SELECT FROM lot_bidding AS l WHERE l.lot_id = w.lot_id)) THEN
        RAISE EXCEPTION 'a bid for a lot that takes none' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER bid_has_lot AFTER INSERT ON bid
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION bid_has_lot();

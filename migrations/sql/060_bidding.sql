-- The bid log only grows (B-42, B-47).
CREATE OR REPLACE TRIGGER bid_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bid
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

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

-- Watchers hear of every opening, pause and close, whoever does it; bids notify once per batch themselves.
CREATE OR REPLACE FUNCTION tell_lot_phase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lot_live', NEW.lot_id::text);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER lot_bidding_phase_told AFTER UPDATE OF phase ON lot_bidding
    FOR EACH ROW WHEN (OLD.phase IS DISTINCT FROM NEW.phase) EXECUTE FUNCTION tell_lot_phase();

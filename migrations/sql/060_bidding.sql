-- The bid log only grows (B-42, B-47).
CREATE OR REPLACE TRIGGER bid_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bid
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Watchers hear of every opening, pause and close, whoever does it; bids notify once per batch themselves.
CREATE OR REPLACE FUNCTION tell_lot_phase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lot_live', NEW.lot_id::text);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER lot_bidding_phase_told AFTER UPDATE OF phase ON lot_bidding
    FOR EACH ROW WHEN (OLD.phase IS DISTINCT FROM NEW.phase) EXECUTE FUNCTION tell_lot_phase();

-- The public log only grows (B-42): leaves, checkpoints, time stamps, anchors of audit streams.
CREATE OR REPLACE TRIGGER log_leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER log_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER log_time_stamp_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_time_stamp
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER audit_anchor_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whoever publishes a lot, the log watches it from then on.
CREATE OR REPLACE FUNCTION watch_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO log_position (lot_id, seq, audit_seq, is_final) VALUES (NEW.lot_id, -1, -1, false);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER lot_bidding_watched AFTER INSERT ON lot_bidding
    FOR EACH ROW EXECUTE FUNCTION watch_lot();

-- Lots published before this release.
INSERT INTO log_position (lot_id, seq, audit_seq, is_final) SELECT lot_id, -1, -1, false FROM lot_bidding;

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

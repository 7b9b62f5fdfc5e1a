-- 010_clock.sql
-- Court time: the database clock, or the clock of a sandbox or test when clock_setting holds its row.
CREATE OR REPLACE FUNCTION court_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT court_anchor + (clock_timestamp() - real_anchor) * speed FROM clock_setting WHERE id = 1),
        clock_timestamp())
$$;

-- 020_audit.sql
-- Links an audit event to its stream under the lock of the stream's head, and forbids any later change.
CREATE OR REPLACE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head audit_head%ROWTYPE;
BEGIN
    INSERT INTO audit_head (stream, seq, hash)
    VALUES (NEW.stream, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT (stream) DO NOTHING;
    SELECT * INTO head FROM audit_head WHERE stream = NEW.stream FOR UPDATE;
    NEW.seq := head.seq + 1;
    NEW.previous_hash := head.hash;
    NEW.hash := sha256(head.hash || convert_to(NEW.payload, 'UTF8'));
    UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE stream = NEW.stream;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER audit_event_link BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_link();
CREATE OR REPLACE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- 030_ledger.sql
-- An entry has at least two lines that sum to zero when its transaction commits; nothing booked is ever changed.
CREATE OR REPLACE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines int;
    total numeric;
BEGIN
    SELECT count(*), coalesce(sum(amount_fen), 0) INTO lines, total FROM ledger_posting WHERE entry_id = NEW.id;
    IF lines < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'ledger entry % has % lines that sum to %', NEW.key, lines, total
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ledger_posting_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
BEGIN
    SELECT coalesce(sum(amount_fen), 0) INTO total FROM ledger_posting WHERE entry_id = NEW.entry_id;
    IF total <> 0 THEN
        RAISE EXCEPTION 'lines of ledger entry % sum to %', NEW.entry_id, total USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS ledger_entry_balances ON ledger_entry;
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
DROP TRIGGER IF EXISTS ledger_posting_fits ON ledger_posting;
CREATE CONSTRAINT TRIGGER ledger_posting_fits AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_posting_fits();

CREATE OR REPLACE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- 031_documents.sql
-- An issued paper stays as it was issued; only its electronic seal is added, once.
CREATE OR REPLACE FUNCTION refuse_document_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sealed IS NOT NULL AND NEW.sealed IS DISTINCT FROM OLD.sealed
       OR NEW.content IS DISTINCT FROM OLD.content OR NEW.sha256 IS DISTINCT FROM OLD.sha256
       OR NEW.data IS DISTINCT FROM OLD.data OR NEW.kind <> OLD.kind OR NEW.subject <> OLD.subject
       OR NEW.version <> OLD.version OR NEW.issued_at <> OLD.issued_at THEN
        RAISE EXCEPTION 'an issued document cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER document_frozen BEFORE UPDATE ON document
    FOR EACH ROW EXECUTE FUNCTION refuse_document_change();
CREATE OR REPLACE TRIGGER document_append_only BEFORE DELETE OR TRUNCATE ON document
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- 040_assets.sql
-- Numbers of assets: gaps are allowed, repetition is not.
CREATE SEQUENCE IF NOT EXISTS asset_number_sequence;

-- 050_listing.sql
-- Numbers of lots: one sequence for the city; the court and the year are written in front (auction/listing/numbering.py).
CREATE SEQUENCE IF NOT EXISTS lot_running_number;

-- What has been published stays as it was published (B-16): a change is a further version.
CREATE OR REPLACE TRIGGER notice_version_append_only BEFORE DELETE OR TRUNCATE ON notice_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE FUNCTION refuse_notice_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.content IS DISTINCT FROM OLD.content OR NEW.content_hash IS DISTINCT FROM OLD.content_hash
       OR NEW.version <> OLD.version OR NEW.published_at <> OLD.published_at THEN
        RAISE EXCEPTION 'a published notice cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER notice_version_frozen BEFORE UPDATE ON notice_version
    FOR EACH ROW EXECUTE FUNCTION refuse_notice_change();

-- Case numbers for imported lots whose file names none; far above what a court reaches in a year.
CREATE SEQUENCE IF NOT EXISTS imported_case_number START 800001;

-- 060_bidding.sql
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


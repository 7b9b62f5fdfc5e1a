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

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

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER audit_event_link BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_link();
CREATE OR REPLACE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

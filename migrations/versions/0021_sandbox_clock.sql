-- Court time: the database clock, or the clock of a sandbox or test when clock_setting holds its row. That clock stops at
-- holds_at, so that it never passes what is due before it has been done.
CREATE OR REPLACE FUNCTION court_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT least(court_anchor + (clock_timestamp() - real_anchor) * speed, holds_at)
           FROM clock_setting WHERE id = 1),
        clock_timestamp())
$$;

-- Real data never runs on a false clock: the clock may be moved only where a permit stands, and a permit is written only while
-- nothing was ever done in the database (every use case leaves an audit event). A sandbox stays one for ever.
CREATE OR REPLACE FUNCTION guard_clock_permit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM audit_event) THEN
            RAISE EXCEPTION 'this database holds records: its clock cannot be moved (B-47)'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' OR OLD.purpose = 'sandbox' THEN
        RAISE EXCEPTION 'the mark of a sandbox stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE OR REPLACE FUNCTION guard_clock_setting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM clock_permit WHERE purpose = 'sandbox') THEN
            RAISE EXCEPTION 'a sandbox keeps its own time' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NOT EXISTS (SELECT FROM clock_permit) THEN
        RAISE EXCEPTION 'the clock of a database without a permit cannot be moved (B-47)'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER clock_permit_guard BEFORE INSERT OR UPDATE OR DELETE ON clock_permit
    FOR EACH ROW EXECUTE FUNCTION guard_clock_permit();
CREATE OR REPLACE TRIGGER clock_setting_guard BEFORE INSERT OR UPDATE OR DELETE ON clock_setting
    FOR EACH ROW EXECUTE FUNCTION guard_clock_setting();

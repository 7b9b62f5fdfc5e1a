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

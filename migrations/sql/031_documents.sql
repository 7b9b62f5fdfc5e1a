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

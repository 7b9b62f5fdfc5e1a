-- A version of a dossier is never changed and never removed; a new one stands beside it.
CREATE OR REPLACE TRIGGER dossier_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dossier_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

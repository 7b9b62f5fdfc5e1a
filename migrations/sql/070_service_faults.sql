-- Which database server answers: cluster, timeline (changes with a fail-over), start of the server.
CREATE OR REPLACE FUNCTION service_server() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || (SELECT timeline_id FROM pg_control_checkpoint())
        || '/' || extract(epoch FROM pg_postmaster_start_time())
$$;

-- Whether an officer has said that nothing was wrong after this interval of service.
CREATE OR REPLACE FUNCTION gap_is_overruled(after_interval uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM service_fault AS f JOIN service_fault_review AS r ON r.fault_id = f.id
                    WHERE f.key = 'gap:' || after_interval AND r.review = 'overruled')
$$;

-- A fault keeps its evidence, and what was said of it stands: only its end is filled in, once.
CREATE OR REPLACE FUNCTION refuse_fault_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.key, NEW.kind, NEW.policy_version, NEW.began_at, NEW.found_at, NEW.reason, NEW.evidence,
        NEW.evidence_hash)
       IS DISTINCT FROM
       (OLD.id, OLD.key, OLD.kind, OLD.policy_version, OLD.began_at, OLD.found_at, OLD.reason, OLD.evidence,
        OLD.evidence_hash)
       OR (OLD.over_at IS NOT NULL AND (NEW.over_at, NEW.scope) IS DISTINCT FROM (OLD.over_at, OLD.scope)) THEN
        RAISE EXCEPTION 'the evidence of a fault cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER service_fault_frozen BEFORE UPDATE ON service_fault
    FOR EACH ROW EXECUTE FUNCTION refuse_fault_change();
CREATE OR REPLACE TRIGGER service_fault_kept BEFORE DELETE OR TRUNCATE ON service_fault
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER service_fault_lot_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON service_fault_lot
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER service_fault_review_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON service_fault_review
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What two courts have exchanged stays as it was: files are only added, and a closed instruction never changes (T-25, §11.7).
CREATE OR REPLACE FUNCTION refuse_change_of_closed_instruction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'instruction % is closed', OLD.number USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER instruction_closed_for_ever BEFORE UPDATE OR DELETE ON instruction
FOR EACH ROW WHEN (OLD.state = 'closed') EXECUTE FUNCTION refuse_change_of_closed_instruction();

CREATE OR REPLACE TRIGGER instruction_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON instruction_file
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

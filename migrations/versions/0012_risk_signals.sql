-- Nothing that links bidders exists in the open before the end of bidding, whatever the code does (P-01).
CREATE OR REPLACE FUNCTION refuse_link_before_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_lot uuid;
BEGIN
    IF TG_TABLE_NAME = 'risk_signal' THEN
        of_lot := NEW.lot_id;
    ELSIF NEW.mark IS NULL THEN
        RETURN NEW;
    ELSE
        SELECT entry.lot_id INTO of_lot FROM registration AS entry
         WHERE entry.id = NEW.registration_id
            OR entry.virtual_account_no = (SELECT virtual_account_no FROM bank_line WHERE bank_line.id = NEW.bank_line_id);
    END IF;
    IF EXISTS (SELECT FROM lot_bidding WHERE lot_bidding.lot_id = of_lot AND lot_bidding.phase <> 'closed') THEN
        RAISE EXCEPTION 'bidding has not ended: nothing may link its bidders' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER risk_signal_after_the_end BEFORE INSERT ON risk_signal
    FOR EACH ROW EXECUTE FUNCTION refuse_link_before_the_end();
CREATE OR REPLACE TRIGGER risk_trace_sealed_until_the_end BEFORE INSERT OR UPDATE ON risk_trace
    FOR EACH ROW EXECUTE FUNCTION refuse_link_before_the_end();

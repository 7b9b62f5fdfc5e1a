CREATE OR REPLACE TRIGGER case_conclusion_counts AFTER INSERT OR UPDATE OF state, applied_fen, realised_fen, had_property
    ON case_conclusion FOR EACH ROW WHEN (NEW.state IN ('concluded', 'resumed'))
    EXECUTE FUNCTION mark_for_indicators('case', 'case_id');
CREATE OR REPLACE TRIGGER complaint_counts AFTER INSERT OR UPDATE OF court_code, lot_id, received_on ON complaint
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('complaint', 'id');

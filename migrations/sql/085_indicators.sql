-- Whatever indicators count tells that it has changed, in the same transaction: the subjects whose facts the next refresh finds
-- anew (K-01…K-29, auction/indicators). Marks are only added, so that nobody who closes a lot waits for anybody else.
-- Arguments: pairs of a kind of subject and the column with its id.
CREATE OR REPLACE FUNCTION mark_for_indicators() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject_id uuid;
BEGIN
    FOR place IN 0 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format('SELECT ($1).%I', TG_ARGV[place + 1]) INTO subject_id USING NEW;
        IF subject_id IS NOT NULL THEN
            INSERT INTO indicator_mark (subject, subject_id) VALUES (TG_ARGV[place], subject_id);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER lot_counts AFTER INSERT OR UPDATE OF state, round, court_code, team_id, valuation_id, published_at,
    ended_at, starting_price_fen, reference_price_fen, final_price_fen ON lot
    FOR EACH ROW WHEN (NOT NEW.is_practice) EXECUTE FUNCTION mark_for_indicators('lot', 'id', 'asset', 'asset_id');
CREATE OR REPLACE TRIGGER settlement_counts AFTER INSERT OR UPDATE ON settlement
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('lot', 'lot_id');
CREATE OR REPLACE TRIGGER lot_stay_counts AFTER INSERT OR UPDATE OF ended_at ON lot_stay
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('lot', 'lot_id');
CREATE OR REPLACE TRIGGER deadline_of_sale_counts AFTER INSERT OR UPDATE OF state, due_at, done_at ON deadline
    FOR EACH ROW WHEN (NEW.rule IN ('L-19', 'L-21')) EXECUTE FUNCTION mark_for_indicators('lot', 'lot_id');
CREATE OR REPLACE TRIGGER breach_counts AFTER INSERT OR UPDATE OF state, done_at, breached_at, owner_court ON deadline
    FOR EACH ROW WHEN (NEW.breached_at IS NOT NULL AND NEW.rule IN ('L-01', 'L-08', 'L-13', 'L-23', 'L-24'))
    EXECUTE FUNCTION mark_for_indicators('asset', 'asset_id');
CREATE OR REPLACE TRIGGER asset_counts AFTER UPDATE OF state, court_code, team_id ON asset
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('asset', 'id');
CREATE OR REPLACE TRIGGER seal_counts AFTER INSERT OR UPDATE OF state, registered_on, effective_on ON seal
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('asset', 'asset_id');
CREATE OR REPLACE TRIGGER valuation_counts AFTER INSERT OR UPDATE OF started_at, fixed_at ON valuation
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('asset', 'asset_id');
CREATE OR REPLACE TRIGGER in_kind_offer_counts AFTER INSERT OR UPDATE OF state, served_at ON in_kind_offer
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('asset', 'asset_id');
CREATE OR REPLACE TRIGGER transfer_request_counts AFTER INSERT OR UPDATE OF state, answered_at, answer_due_at ON transfer_request
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('transfer', 'id');
CREATE OR REPLACE TRIGGER instruction_counts AFTER INSERT OR UPDATE OF state, signed_in_at, closed_at ON instruction
    FOR EACH ROW WHEN (NEW.sent_at IS NOT NULL) EXECUTE FUNCTION mark_for_indicators('instruction', 'id');
CREATE OR REPLACE TRIGGER objection_counts AFTER INSERT OR UPDATE OF state, lot_id, outcome, final_at ON objection
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('objection', 'id');
CREATE OR REPLACE TRIGGER survey_counts AFTER INSERT OR UPDATE ON survey
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('survey', 'id');
CREATE OR REPLACE TRIGGER survey_line_counts AFTER INSERT OR UPDATE ON survey_line
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('survey', 'survey_id');
CREATE OR REPLACE TRIGGER case_conclusion_counts AFTER INSERT OR UPDATE OF state, applied_fen, realised_fen, had_property
    ON case_conclusion FOR EACH ROW WHEN (NEW.state IN ('concluded', 'resumed'))
    EXECUTE FUNCTION mark_for_indicators('case', 'case_id');
CREATE OR REPLACE TRIGGER complaint_counts AFTER INSERT OR UPDATE OF court_code, lot_id, received_on ON complaint
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('complaint', 'id');
CREATE OR REPLACE TRIGGER proceeds_counts AFTER INSERT OR UPDATE OF state, paid_out_at ON proceeds
    FOR EACH ROW EXECUTE FUNCTION mark_for_indicators('proceeds', 'id');
CREATE OR REPLACE TRIGGER deadline_of_proceeds_counts AFTER INSERT OR UPDATE OF state, due_at, done_at ON deadline
    FOR EACH ROW WHEN (NEW.subject_kind = 'proceeds') EXECUTE FUNCTION mark_for_indicators('proceeds', 'subject_id');

-- What has been published never changes (chapter 9). Of a correction only the explanation is added, once.
CREATE OR REPLACE TRIGGER indicator_frozen_month_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON indicator_frozen_month
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER indicator_frozen_figure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON indicator_frozen_figure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER indicator_frozen_fact_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON indicator_frozen_fact
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER indicator_weights_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON indicator_weights
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER indicator_correction_kept BEFORE DELETE OR TRUNCATE ON indicator_correction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER indicator_correction_stands BEFORE UPDATE OF id, month, indicator, court_code, numerator_before,
    denominator_before, numerator, denominator, row_count, found_at, because ON indicator_correction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER red_flag_kept BEFORE DELETE OR TRUNCATE ON red_flag
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER red_flag_order_kept BEFORE DELETE OR TRUNCATE ON red_flag_order
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

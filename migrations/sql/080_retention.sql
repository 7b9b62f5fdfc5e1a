-- What was bid and how prices were found is kept for at least ten years (B-42, L-43, V-37). Nothing purges these tables, and
-- nobody can by mistake: rows that have become wrong get a further row or another state. Tables that only grow have their own
-- triggers; a new table of these rooms belongs in this list (tests/auction/transparency/test_retention.py says so).
CREATE OR REPLACE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are kept for at least ten years (B-42, L-43)', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY[
        'lot', 'lot_part', 'lot_bidding', 'ceiling', 'panel_decision', 'party_notification', 'registration', 'settlement', 'lot_stay',
        'integrity_fault', 'valuation', 'valuation_step', 'agreement_entry', 'directed_inquiry', 'platform_inquiry',
        'appraiser_selection', 'firm_choice', 'appraisal_engagement', 'appraisal_report', 'result_service',
        'report_demand', 'site_inspection', 'report_objection', 'valuation_fee', 'fee_advance',
        'unvalued_price', 'price_supervision'
    ] LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I BEFORE DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()', kept || '_kept', kept);
    END LOOP;
END $$;

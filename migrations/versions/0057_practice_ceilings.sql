-- The copies that people practise on, with that of ceilings.
CREATE OR REPLACE FUNCTION practice.renew() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names CONSTANT text[] := ARRAY['clock_setting', 'lot', 'lot_bidding', 'registration', 'bid', 'ceiling'];
    copied text;
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(names) AS name
                    WHERE practice.shape('public', name) IS DISTINCT FROM practice.shape('practice', name)) THEN
        RETURN;
    END IF;
    FOREACH copied IN ARRAY names LOOP
        EXECUTE format('DROP TABLE IF EXISTS practice.%I', copied);
        EXECUTE format('CREATE TABLE practice.%1$I (LIKE public.%1$I INCLUDING ALL)', copied);
    END LOOP;
    CREATE TRIGGER lot_bidding_phase_told AFTER UPDATE OF phase ON practice.lot_bidding
        FOR EACH ROW WHEN (OLD.phase IS DISTINCT FROM NEW.phase) EXECUTE FUNCTION public.tell_lot_phase();
END $$;

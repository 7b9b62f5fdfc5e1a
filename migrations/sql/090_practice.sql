-- The practice lot: copies of the tables that the bidding engine works on, in a schema of their own. The engine runs there with
-- search_path = practice, so that it cannot even name a table of real sales. What stands here is worth nothing and goes after a day.
CREATE SCHEMA IF NOT EXISTS practice;

-- Columns and checks of a table, to be compared with those of its copy.
CREATE OR REPLACE FUNCTION practice.shape(place text, name text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(line, E'\n' ORDER BY line)
      FROM (SELECT concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                             pg_get_expr(d.adbin, d.adrelid))
              FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attrelid = to_regclass(format('%I.%I', place, name)) AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT pg_get_constraintdef(c.oid) FROM pg_constraint AS c
             WHERE c.conrelid = to_regclass(format('%I.%I', place, name)) AND c.contype = 'c') AS lines(line)
$$;

-- Make the copies where one is missing or differs from what it copies. Every migration ends with it (migrations/env.py).
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

SELECT practice.renew();

-- The court's time where one practises: the database clock, never a sandbox's.
CREATE OR REPLACE FUNCTION practice.court_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT court_anchor + (clock_timestamp() - real_anchor) * speed FROM practice.clock_setting WHERE id = 1),
        clock_timestamp())
$$;

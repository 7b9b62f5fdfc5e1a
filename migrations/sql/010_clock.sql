-- Court time: the database clock, or the clock of a sandbox or test when clock_setting holds its row.
CREATE OR REPLACE FUNCTION court_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT court_anchor + (clock_timestamp() - real_anchor) * speed FROM clock_setting WHERE id = 1),
        clock_timestamp())
$$;

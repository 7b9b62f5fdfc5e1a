-- Court time: the database clock, or the clock of a sandbox or test when clock_setting holds its row. That clock stops at
-- holds_at, so that it never passes what is due before it has been done.
CREATE OR REPLACE FUNCTION court_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT least(court_anchor + (clock_timestamp() - real_anchor) * speed, holds_at)
           FROM clock_setting WHERE id = 1),
        clock_timestamp())
$$;

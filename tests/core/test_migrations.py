"""The migrations make what the models say, and the functions that `migrations/sql/` holds."""

import psycopg

from migrations.run import HERE, check

FUNCTIONS = """
    SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = 'public' ORDER BY 1, 2
"""
TRIGGERS = """
    SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger AS t
    JOIN pg_class AS c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal ORDER BY 1, 2, 3
"""
SEQUENCES = "SELECT sequencename::text, start_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"


def test_tables_are_what_the_models_say(database_url: str) -> None:
    check(database_url)


def test_functions_triggers_and_sequences_are_what_the_files_say(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        migrated = [connection.execute(query).fetchall() for query in (FUNCTIONS, TRIGGERS, SEQUENCES)]
        for file in sorted((HERE / "sql").glob("*.sql")):
            connection.execute(file.read_text(encoding="utf-8").encode())
        written = [connection.execute(query).fetchall() for query in (FUNCTIONS, TRIGGERS, SEQUENCES)]
    assert migrated == written

"""What an ordinary start looks at before it skips the preparation."""

import psycopg
from alembic.script import ScriptDirectory

from migrations.newest import is_newest, newest_revision
from migrations.run import HERE
from web.commands.prepare import is_prepared


def test_the_quick_look_finds_the_revision_that_alembic_finds() -> None:
    assert newest_revision() == ScriptDirectory(str(HERE)).get_current_head()


def test_a_migrated_database_needs_no_preparation_except_for_the_demo(database_url: str) -> None:
    assert is_newest(database_url)
    assert is_prepared(database_url, demo=False)
    assert not is_prepared(database_url, demo=True)


def test_an_empty_or_older_database_needs_preparation(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    assert not is_newest(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("DROP TABLE alembic_version")
    assert not is_prepared(database_url, demo=False)

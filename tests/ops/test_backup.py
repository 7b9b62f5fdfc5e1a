"""A backup holds everything and can be read back, all or nothing."""

from pathlib import Path

import psycopg

from tests.ops.test_command_line import assert_refused, disposal


def test_a_backup_restores_into_an_empty_database(database_url: str, data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "city.backup"
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT '苏州' AS city")
    settings = {"DISPOSAL_DATA_DIR": str(data_dir)}
    assert disposal("backup", str(file), DATABASE_URL=database_url, **settings).returncode == 0
    assert file.stat().st_mode & 0o077 == 0

    assert_refused(
        disposal("backup", str(file), DATABASE_URL=database_url, **settings), "exists: name another file"
    )
    assert_refused(
        disposal("restore", str(file), DATABASE_URL=database_url, **settings), "the database has tables"
    )

    restored = disposal("restore", str(file), **settings)
    assert restored.returncode == 0, restored.stderr
    verified = disposal("verify", "audit", **settings)
    assert verified.returncode == 0, verified.stderr
    again = tmp_path / "again.backup"
    assert disposal("backup", str(again), **settings).returncode == 0
    assert abs(again.stat().st_size - file.stat().st_size) < 2000


def test_a_file_that_is_no_backup_is_refused(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not a backup")
    result = disposal("restore", str(tmp_path / "letter.txt"), DISPOSAL_DATA_DIR=str(data_dir))
    assert_refused(result, "pg_restore failed: pg_restore: error:")

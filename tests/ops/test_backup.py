"""A backup holds everything and can be read back, all or nothing."""

import subprocess
from pathlib import Path

import psycopg

from core.postgres_place import packaged_binaries
from tests.ops.test_command_line import assert_refused, disposal


def contents(backup: Path) -> tuple[list[str], list[str]]:
    """What is in a backup: every object by kind and name, and every row. Its SQL is written anew by each server."""
    tool = packaged_binaries() / "pg_restore"

    def lines(option: str) -> list[str]:
        done = subprocess.run(
            [tool, option, "--file=-", backup] if option == "--data-only" else [tool, option, backup],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    listed = [line.split("; ", 1)[1].split(" ", 2)[2] for line in lines("--list") if line[:1].isdigit()]
    rows = [line for line in lines("--data-only") if line and not line.startswith(("--", "\\"))]
    return sorted(listed), sorted(rows)


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
    assert contents(again) == contents(file)


def test_a_file_that_is_no_backup_is_refused(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not a backup")
    result = disposal("restore", str(tmp_path / "letter.txt"), DISPOSAL_DATA_DIR=str(data_dir))
    assert_refused(result, "pg_restore failed: pg_restore: error:")

"""The embedded server: starts, stops, survives kills, and says in one line what is wrong with its folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest

from core.embedded_postgres import DatabaseUnavailable, EmbeddedPostgres
from core.postgres_place import find_place
from core.settings import PROJECT_ROOT
from tests.ops.conftest import empty_data_dir

DECOY = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(scope="module")
def original() -> Iterator[Path]:
    """The folder of a whole, stopped, durable database."""
    with empty_data_dir() as base:
        server = EmbeddedPostgres(base)
        server.start()
        server.stop()
        yield data_of(base)


@pytest.fixture
def folder(data_dir: Path, original: Path) -> Path:
    """A data folder with a copy of that database."""
    data = data_of(data_dir)
    data.rmdir()
    subprocess.run(["cp", "-a", original, data], check=True)
    return data_dir


def data_of(base: Path) -> Path:
    """The database folder itself."""
    return find_place(base).data


async def test_both_drivers_connect_and_text_is_utf8_in_code_point_order(folder: Path) -> None:
    with EmbeddedPostgres(folder) as url:
        connection = await asyncpg.connect(url)
        try:
            assert await connection.fetchval("SHOW server_encoding") == "UTF8"
            assert await connection.fetchval("SHOW fsync") == "on"
            assert await connection.fetchval("SHOW listen_addresses") == ""
            assert await connection.fetchval("SELECT upper('é') || lower('Ä')") == "Éä"
            provider = (
                "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()"
            )
            assert await connection.fetchval(provider) == "bC.UTF-8"
        finally:
            await connection.close()
        with psycopg.connect(url) as other:
            assert other.execute("SELECT '苏州' || 1").fetchone() == ("苏州1",)


def test_start_on_an_initialised_folder_is_quick_and_stop_leaves_no_process(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 3
    process_id = server.process_id
    assert process_id is not None
    children = psutil.Process(process_id).children(recursive=True)
    server.stop()
    assert not psutil.pid_exists(process_id)
    assert not [child for child in children if child.is_running()]


def test_what_was_committed_outlives_a_kill(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    process_id = server.process_id
    assert process_id is not None
    os.kill(process_id, signal.SIGKILL)
    server.stop()
    assert (data_of(folder) / "postmaster.pid").exists()
    with EmbeddedPostgres(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_process_that_outlives_a_killed_server_does_not_keep_the_next_one_from_starting(
    folder: Path,
) -> None:
    server = EmbeddedPostgres(folder)
    connection = psycopg.connect(server.start(), autocommit=True)
    orphan = connection.info.backend_pid
    assert server.process_id is not None
    os.kill(orphan, signal.SIGSTOP)  # as one that waits for a lock whose holder is dead: nothing wakes it
    os.kill(server.process_id, signal.SIGKILL)
    server.stop()
    with EmbeddedPostgres(folder) as url, psycopg.connect(url) as other:
        assert other.execute("SELECT 1").fetchone() == (1,)
    assert not psutil.pid_exists(orphan) or psutil.Process(orphan).status() == psutil.STATUS_ZOMBIE
    connection.close()


def test_a_mark_that_now_names_another_program_is_cleared(folder: Path) -> None:
    decoy = subprocess.Popen(DECOY)
    try:
        mark = data_of(folder) / "postmaster.pid"
        mark.write_text(f"{decoy.pid}\n{data_of(folder)}\n1700000000\n5432\n\n\n 1 1\nready\n")
        with EmbeddedPostgres(folder) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert decoy.poll() is None
    finally:
        decoy.kill()
        decoy.wait()


def test_a_second_object_joins_the_running_server_and_leaves_it_running(folder: Path) -> None:
    with EmbeddedPostgres(folder) as url:
        with EmbeddedPostgres(folder) as joined:
            assert joined == url
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's tie between parent and child is Linux's")
def test_the_server_ends_with_a_killed_parent(folder: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from core.embedded_postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1])); server.start(); print(server.process_id, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT
    ) as parent:
        assert parent.stdout is not None
        process_id = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while psutil.pid_exists(process_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(process_id)


def test_a_folder_whose_path_is_long_and_odd_works(tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.mktemp("path") / ("a folder with spaces, 拍卖 " + "x" * 60) / "var"
    server = EmbeddedPostgres(base, durable=False)
    with psycopg.connect(server.start()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


@pytest.mark.parametrize("missing", ["PG_VERSION", "global/pg_control"])
def test_a_damaged_folder_is_refused_in_one_line_that_says_what_to_do(folder: Path, missing: str) -> None:
    path = data_of(folder) / missing
    path.unlink()
    with pytest.raises(DatabaseUnavailable, match=r"damaged.*backup.*make clean") as refusal:
        EmbeddedPostgres(folder).start()
    assert "\n" not in str(refusal.value)


def test_a_folder_of_another_major_version_is_refused(folder: Path) -> None:
    version = data_of(folder) / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(DatabaseUnavailable, match=r"made by PostgreSQL 14.*docs/operations\.md"):
        EmbeddedPostgres(folder).start()


def test_a_server_that_cannot_read_its_files_is_quoted(folder: Path) -> None:
    control = data_of(folder) / "global" / "pg_control"
    control.write_bytes(b"\0" * 100)
    with pytest.raises(DatabaseUnavailable, match=r"does not start \(.*pg_control.*make clean") as refusal:
        EmbeddedPostgres(folder).start()
    assert "\n" not in str(refusal.value)


def test_an_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "var", durable=False)
    server.start()
    server.stop()
    data = data_of(tmp_path / "var")
    (data / "new" / "base").mkdir(parents=True)
    (data / "postgresql.conf").touch()
    with psycopg.connect(server.start()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match=r"cannot make the folder .*DISPOSAL_DATA_DIR"):
        EmbeddedPostgres(tmp_path / "file" / "var").start()

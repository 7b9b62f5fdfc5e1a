"""`disposal`: every command explains itself, and what a person can mend is said in one line without a stack trace."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from web.cli import make_parser

COMMANDS = sorted(make_parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr, arg-type]


def disposal(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DISPOSAL_")}
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        cwd=PROJECT_ROOT, env={**kept, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def assert_refused(result: subprocess.CompletedProcess[str], words: str) -> None:
    """Exit code 2 and one line that holds the words."""
    assert result.returncode == 2, result
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert words in lines[0]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        make_parser().parse_args([*command.split(), "--help"])
    assert end.value.code == 0
    assert "usage: disposal" in capsys.readouterr().out


def test_an_unknown_command_is_refused_in_one_line() -> None:
    assert_refused(disposal("sell"), "invalid choice: 'sell'")


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = disposal(command, "--port", str(port), DISPOSAL_DATA_DIR=str(tmp_path / "var"))
    assert_refused(
        result, f"port {port} is taken: stop the other program, or choose another port (DISPOSAL_PORT="
    )
    assert not (tmp_path / "var" / "postgres").exists()


def test_a_host_that_is_not_here_is_named(tmp_path: Path) -> None:
    result = disposal("run", "--host", "192.0.2.1", DISPOSAL_DATA_DIR=str(tmp_path / "var"))
    assert_refused(result, "192.0.2.1 is no address of this machine")


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = disposal("run", "--port", "0", DISPOSAL_DATA_DIR=str(tmp_path / "file" / "var"))
    assert_refused(result, "set DISPOSAL_DATA_DIR to a folder of your own")


def test_an_unreachable_database_is_named(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        url = f"postgresql://court@127.0.0.1:{port}/disposal"
        result = disposal("migrate", DATABASE_URL=url, DISPOSAL_DATA_DIR=str(tmp_path))
    assert_refused(result, "the database cannot be reached")


def test_a_wrong_setting_is_named() -> None:
    assert_refused(disposal("migrate", DISPOSAL_PORT="many"), "DISPOSAL_PORT")


def test_migrate_is_repeatable_and_leaves_no_difference_to_the_models(
    database_url: str, tmp_path: Path
) -> None:
    environment = {"DATABASE_URL": database_url, "DISPOSAL_DATA_DIR": str(tmp_path)}
    assert disposal("migrate", **environment).returncode == 0
    checked = disposal("migrate", "--check", **environment)
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "the schema fits the models")

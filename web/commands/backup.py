"""`disposal backup` and `disposal restore`: the whole database in one file, by PostgreSQL's own tools."""

import argparse
import os
import subprocess
from pathlib import Path

from core.settings import Settings
from web.commands import CommandFailed, Subparsers


def register(subparsers: Subparsers) -> None:
    """Add both commands."""
    parser = subparsers.add_parser(
        "backup",
        help="备份数据库到文件 · write the whole database to a file",
        description="One consistent state, while the service runs. The keys (master_key, secret_key) are not in it: "
        "keep a copy of them in another place.",
    )
    parser.add_argument("file", type=Path, help="the file to write; must not exist")
    parser.set_defaults(handler=backup)
    parser = subparsers.add_parser(
        "restore",
        help="从备份文件恢复 · read a backup into an empty database",
        description="All or nothing, into a database without tables. Run `disposal migrate` afterwards.",
    )
    parser.add_argument("file", type=Path, help="a file written by `disposal backup`")
    parser.set_defaults(handler=restore)


def backup(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the file beside its place and rename it when it is whole."""
    target: Path = arguments.file.absolute()
    if target.exists():
        raise CommandFailed(f"{target} exists: name another file")
    draft = target.with_name(f".{target.name}.unfinished")
    try:
        # Made first and for the owner only: the file holds everything.
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    except OSError as error:
        raise CommandFailed(f"cannot write in {target.parent}: {error.strerror}") from None
    try:
        _with_tool(settings, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}")
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    print(f"{target}  {target.stat().st_size:,} bytes")
    return 0


def restore(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read the file in one transaction."""
    import psycopg

    from core.embedded_postgres import database_for

    source: Path = arguments.file.absolute()
    if not os.access(source, os.R_OK):
        raise CommandFailed(f"{source} cannot be read: name a file written by `disposal backup`")
    with database_for(settings) as url, psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if found is None or found[0]:
            raise CommandFailed(
                "the database has tables: restore into an empty one (DISPOSAL_DATA_DIR or DATABASE_URL)"
            )
    _with_tool(
        settings,
        "pg_restore",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        "--dbname={url}",
        source,
    )
    print(f"{source} is restored; now run `disposal migrate`")
    return 0


def _with_tool(settings: Settings, tool: str, *arguments: str | Path) -> None:
    """Run one of the PostgreSQL programs that come with the product on the configured database."""
    from core.embedded_postgres import database_for
    from core.postgres_place import packaged_binaries

    with database_for(settings) as url:
        words = [str(part).replace("{url}", url) for part in arguments]
        if tool == "pg_dump":
            words.append(url)
        result = subprocess.run(
            [packaged_binaries() / tool, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if result.returncode != 0:
        reason = " ".join(result.stderr.split())[:400]
        raise CommandFailed(f"{tool} failed: {reason}")

"""The command `disposal`: everything an administrator does outside the browser.

Whatever a person can mend is answered by one line on standard error and exit code 2, never by a stack trace.
"""

import argparse
import asyncio
import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

from core.embedded_postgres import DatabaseUnavailable
from core.settings import Settings, SettingsError, get_settings
from web.commands import CommandFailed, register_all
from web.commands.verify import with_kind
from web.process import collect_seldom

DESCRIPTION = """网络司法拍卖与财产处置 · judicial auction and asset disposal

Settings come from the environment (docs/operations.md lists them); options of a command win over them."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} ({self.prog} --help)\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    parser: argparse.ArgumentParser = _Parser(
        prog="disposal", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True, dest="command")
    register_all("web.commands", subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    collect_seldom()
    arguments = make_parser().parse_args(with_kind(sys.argv[1:] if argv is None else argv))
    try:
        return _run(arguments, get_settings())
    except CommandFailed as error:
        return _refuse(str(error), error.code)
    except (SettingsError, DatabaseUnavailable) as error:
        return _refuse(str(error))
    except BrokenPipeError:
        # The reader went away (`disposal … | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        message = _explain(error)
        if message is None:
            raise
        return _refuse(message)


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from core.logging import configure_logging

    configure_logging(settings, process=arguments.command)
    result = arguments.handler(arguments, settings)
    if inspect.iscoroutine(result):
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            result = runner.run(result)
    return int(result or 0)


def _explain(error: Exception) -> str | None:
    """One line for failures that are no fault of the program: a refusal by a rule, an unreachable database."""
    from core.errors import DisposalError

    if isinstance(error, DisposalError):
        return str(error)
    import asyncpg
    import psycopg

    unreachable = (
        asyncpg.PostgresConnectionError, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError,
        asyncpg.CannotConnectNowError, psycopg.OperationalError, ConnectionError,
    )  # fmt: skip
    outdated = (
        asyncpg.UndefinedTableError, asyncpg.UndefinedFunctionError, asyncpg.UndefinedColumnError,
        psycopg.errors.UndefinedTable, psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedColumn,
    )  # fmt: skip
    for cause in _causes(error):
        if isinstance(cause, unreachable):
            first = (str(cause).strip() or type(cause).__name__).splitlines()[0]
            return f"the database cannot be reached ({first}): check DATABASE_URL and that the server runs"
        if isinstance(cause, outdated):
            first = str(cause).splitlines()[0]
            return f"the database has no tables yet, or old ones ({first}): run `disposal migrate`"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _refuse(message: str, code: int = 2) -> int:
    print(f"disposal: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

"""The subcommands of `disposal`: one module each, found by name, no list to keep.

A module here has `register(subparsers)`: it adds its parser and sets `handler`, a function (plain or `async`) of
`(arguments, settings)` that returns the exit code or None. Heavy imports belong inside the handler, so that `--help`
stays quick. A refusal that a person must read is raised as `CommandFailed`.
"""

import argparse
import importlib
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from core.settings import Settings

if TYPE_CHECKING:
    from core.database import Database

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Handler: TypeAlias = Callable[[argparse.Namespace, Settings], "int | Awaitable[int | None] | None"]


class CommandFailed(Exception):
    """The command cannot do what was asked. The text is one line and says what to do."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def register_all(package: str, subparsers: Subparsers) -> None:
    """Register every command module of a package, in the order of their names."""
    folder = importlib.import_module(package)
    for found in sorted(pkgutil.iter_modules(folder.__path__), key=lambda module: module.name):
        module = importlib.import_module(f"{package}.{found.name}")
        if hasattr(module, "register"):
            module.register(subparsers)


@asynccontextmanager
async def open_database(settings: Settings) -> "AsyncIterator[Database]":
    """The configured database for one command; the embedded server is joined, or started for as long as needed."""
    from core.database import Database
    from core.embedded_postgres import database_for

    with database_for(settings) as url:
        database = Database(url, read_url=settings.read_database_url, pool_size=settings.database_pool_size)
        try:
            yield database
        finally:
            await database.close()

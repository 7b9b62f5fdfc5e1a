"""Each statement is compiled once in a test process, as in a process of the product.

There one engine serves for the whole life; here every test has a database, and so an engine, of its own. What has been compiled
is kept for an engine and a dialect: here all engines have one memory, and their dialects count as equal.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.util import LRUCache

COMPILED: LRUCache[Any, Any] = LRUCache(4_000)


class OneDialect(PGDialect_asyncpg):
    """The dialect of every `core.database.Database`: all are made with the same settings."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneDialect)

    def __hash__(self) -> int:
        return hash(OneDialect)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give the engine the memory of all."""
        engine.update_execution_options(compiled_cache=COMPILED)


def compile_once() -> None:
    """Let every engine that is made from now on share what has been compiled."""
    registry.register("postgresql.asyncpg", __name__, OneDialect.__name__)

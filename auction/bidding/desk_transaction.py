"""The transactions of one writer, one after another on its connection, in as few round trips as may be.

A bid waits for the batch before it and for its own: a round trip of a batch counts twice in what a bidder waits. So a batch takes
two: one that locks and asks, one that writes, commits, and begins the next transaction if bids wait already.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from auction.bidding import desk_sql
from auction.bidding.batch import BidderQuestion, as_json
from core.database import DATABASE_AWAY

LONGEST_ROLLBACK_S = 5.0


class DeskTransactions:
    """One at a time: `take`, then `write_and_commit`. After an exception comes `leave`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._begun = False

    async def take(
        self, lots: Sequence[UUID], questions: Sequence[BidderQuestion], *, wait: bool
    ) -> Sequence[Any]:
        """Lock lots and learn of them and of who asks: the rows of TAKE. Opens the transaction if none is open."""
        if not self._begun:
            await self._connection.execute("BEGIN")
            self._begun = True
        found: Sequence[Any] = await self._connection.fetch(desk_sql.TAKE, lots, as_json(questions), wait)
        return found

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Any]:
        """Ask more inside the transaction."""
        found: Sequence[Any] = await self._connection.fetch(sql, *arguments)
        return found

    async def write_and_commit(
        self, statements: Sequence[tuple[str, tuple[str, str]]], *, again: bool
    ) -> None:
        """Write and commit; `again` begins the next transaction in the same round trip. It holds nothing until its `take`."""
        commit = "COMMIT AND CHAIN" if again else "COMMIT"
        if [sql for sql, _ in statements] == [desk_sql.WRITE]:
            bids, lots = (_literal(text) for text in statements[0][1])
            # Several statements travel together only without parameters.
            commit = f"SELECT public.write_from_desk({bids}, {lots}); {commit}"
        else:
            for sql, rows in statements:
                await self._connection.execute(sql, *rows)
        await self._connection.execute(commit)
        self._begun = again

    async def leave(self) -> None:
        """Close what is open; nothing that was not committed remains. A connection that does not answer any more is given up."""
        try:
            if self._begun and not self._connection.is_closed():
                await self._connection.execute("ROLLBACK", timeout=LONGEST_ROLLBACK_S)
        except DATABASE_AWAY:
            self._connection.terminate()
        self._begun = False


def _literal(text: str) -> str:
    """A string constant of PostgreSQL (standard_conforming_strings is on since 9.1: only quotes are doubled)."""
    return "'" + text.replace("'", "''") + "'"

"""Whose bid it is: the own registration of an account for a lot.

A sale opens with the first bids of many. Whoever asks in one turn of the event loop is looked up in one query: a query for each
costs more than deciding the bid.
"""

import asyncio
from typing import NamedTuple
from uuid import UUID

from core.crypto import FieldCipher
from core.database import Database

MOST_REMEMBERED = 100_000
LOOK_UP_TIMEOUT_S = 10

_REGISTRATIONS = """
SELECT asked.n, r.id
  FROM unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY AS asked(lot_id, account_match, n)
  JOIN registration r ON r.lot_id = asked.lot_id AND r.account_match = asked.account_match
"""


class _Asked(NamedTuple):
    account_id: UUID
    lot_id: UUID
    answer: asyncio.Future[UUID | None]


class EntryBook:
    """Finds registrations and remembers them: a registration never changes its person. Whether it is qualified is asked
    again inside each batch. One per desk."""

    def __init__(self, database: Database, bidders: FieldCipher) -> None:
        self._database, self._bidders = database, bidders
        self._found: dict[tuple[int, int], UUID] = {}
        self._asked: list[_Asked] = []
        self._looking: set[asyncio.Task[None]] = set()

    async def find(self, account_id: UUID, lot_id: UUID) -> UUID | None:
        """The account's registration for the lot. Raises what a query raises."""
        pair = account_id.int, lot_id.int  # numbers: a UUID's own hash and comparison are Python code
        known = self._found.get(pair)
        if known is not None:
            return known
        asked = _Asked(account_id, lot_id, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        if len(self._asked) == 1:
            task = asyncio.create_task(self._look_up())
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)
        return await asked.answer

    async def _look_up(self) -> None:
        """Answer all who have asked until now."""
        asked, self._asked = self._asked, []
        lots = [each.lot_id for each in asked]
        matches = [self._bidders.match_code(str(each.account_id)) for each in asked]
        try:
            pool = await self._database.hot_pool()
            rows = await pool.fetch(_REGISTRATIONS, lots, matches, timeout=LOOK_UP_TIMEOUT_S)
        except Exception as error:  # noqa: BLE001 -- it is for whoever asked
            for each in asked:
                if not each.answer.done():
                    each.answer.set_exception(error)
            return
        if len(self._found) > MOST_REMEMBERED:
            self._found.clear()
        for row in rows:
            each = asked[row["n"] - 1]
            self._found[each.account_id.int, each.lot_id.int] = UUID(int=row["id"].int)
        for each in asked:
            if not each.answer.done():
                each.answer.set_result(self._found.get((each.account_id.int, each.lot_id.int)))

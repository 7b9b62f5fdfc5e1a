"""A channel of the database's notifications (NOTIFY), listened to while the process runs."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from core.database import DATABASE_AWAY, Database

RECONNECT_S = 1.0

log = structlog.get_logger(__name__)


class Channel:
    """One LISTEN connection, made again whenever it is lost.

    `heard` is called with what a notification carries. `began` is called each time listening begins: what happened while
    nobody listened was not heard.
    """

    def __init__(
        self, database: Database, name: str, *, heard: Callable[[str], None], began: Callable[[], None]
    ) -> None:
        self._database, self._name = database, name
        self._heard, self._began = heard, began
        self._lost = asyncio.Event()
        self.listening = asyncio.Event()

    async def listen(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen_once()
            except DATABASE_AWAY as error:
                log.warning("channel.not_listening", channel=self._name, error=str(error))
            await asyncio.sleep(RECONNECT_S)

    async def _listen_once(self) -> None:
        """Listen until the connection is lost. Raises what a connection raises."""
        connection = await asyncpg.connect(self._database.plain_url)
        try:
            self._lost.clear()
            connection.add_termination_listener(lambda _: self._lost.set())
            await connection.add_listener(self._name, self._notified)
            self.listening.set()
            self._began()
            await self._lost.wait()
        finally:
            self.listening.clear()
            with suppress(Exception):
                await connection.close(timeout=1)

    def _notified(self, _connection: Any, _process: int, _channel: str, payload: object) -> None:
        self._heard(str(payload))


def of_ids(heard: Callable[[UUID], None]) -> Callable[[str], None]:
    """For a channel on which ids are told, one or many with spaces between them; anything else is not heard."""

    def hear(payload: str) -> None:
        with suppress(msgspec.ValidationError):
            for each in payload.split():
                heard(msgspec.convert(each, UUID))

    return hear

"""Bids over a real socket: what the web server's own protocol answers before ASGI, and what it leaves to it (B-47)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
import pytest
import uvicorn
from httpx import AsyncClient
from uvicorn.server import ServerState

from auction.bidding.queries import log_page
from benchmarks.market import START_FEN, STEP_FEN, Market, open_market, open_sessions
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings
from tests.web.pages import application, in_service
from web.road_protocol import RoadProtocol

WAIT_S = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `headers` without the date and the length of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One connection, raw."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> Answer:
        """The next answer."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), WAIT_S)).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        headers.pop("date", None)
        length = int(headers.pop("content-length", "0"))
        return Answer(int(head[0].split()[1]), headers, await self.reader.readexactly(length))


@dataclass(frozen=True, slots=True)
class House:
    """A market behind a server; `http` goes past the server's protocol, by ASGI."""

    port: int
    market: Market
    tokens: list[str]
    http: AsyncClient

    def request(self, body: object, *more: str, path: str = "", bidder: int = 0) -> bytes:
        """A POST as programs send it; by default a bid."""
        content = msgspec.json.encode(body)
        lines = [
            f"POST {path or self.path} HTTP/1.1",
            "host: court.test",
            f"authorization: Bearer {self.tokens[bidder]}",
            f"content-length: {len(content)}",
            *more,
        ]
        return "\r\n".join([*lines, "", ""]).encode() + content

    @property
    def path(self) -> str:
        """Where bids go."""
        return f"/api/v1/lots/{self.market.lots[0].id}/bids"

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection to the server."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        yield Connection(reader, writer)
        writer.close()


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    app = application(get_settings().model_copy(update={"database_url": database.url}), database)
    async with in_service(app) as http:
        async with database.begin(SYSTEM) as work:
            market = await open_market(work, app.state.settings.encryption_key(), bidders=2)
            tokens = await open_sessions(work, market)
        config = uvicorn.Config(
            app,
            http=RoadProtocol,
            lifespan="off",
            log_config=None,
            server_header=False,
            proxy_headers=False,
        )
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: RoadProtocol(config, state, {}), "127.0.0.1", 0
        )
        yield House(server.sockets[0].getsockname()[1], market, tokens, http)
        server.close()
        assert not state.tasks


def bid(step: int) -> dict[str, object]:
    return {"amount_fen": START_FEN + step * STEP_FEN, "idempotency_key": f"key-{step:04}"}


async def test_B47_the_protocol_and_asgi_answer_alike(house: House) -> None:
    headers = {"authorization": f"Bearer {house.tokens[0]}"}
    async with house.connection() as line:
        line.writer.write(house.request(bid(0)))
        first = await line.answer()
        assert (first.status, msgspec.json.decode(first.body)["outcome"]) == (201, "accepted")
        for path, body in (
            (house.path, bid(0)),
            (house.path, bid(0) | {"amount_fen": 1}),
            (house.path, {"amount_fen": START_FEN - 1, "idempotency_key": "key-below"}),
            (house.path, {"amount_fen": "much"}),
            ("/api/v1/noop", {}),
        ):
            line.writer.write(house.request(body, path=path))
            one, other = await line.answer(), await house.http.post(path, json=body, headers=headers)
            other.headers.pop("content-length")
            assert (one.status, one.headers) == (other.status_code, dict(other.headers))
            unlike = {"signature", "proof", "repeated"}  # each batch has a signature of its own
            told, expected = (
                {name: value for name, value in msgspec.json.decode(each).items() if name not in unlike}
                for each in (one.body, other.content)
            )
            assert told == expected


async def test_B47_what_is_sent_at_once_is_answered_in_its_order(house: House) -> None:
    page = b"GET /api/v1/time HTTP/1.1\r\nhost: court.test\r\n\r\n"
    async with house.connection() as line:
        line.writer.write(
            house.request(bid(0)) + house.request(bid(1), bidder=1) + page + house.request(bid(2))
        )
        answers = [await line.answer() for _ in range(4)]
    assert [each.status for each in answers] == [201, 201, 200, 201]
    bids = [msgspec.json.decode(answers[place].body) for place in (0, 1, 3)]
    assert [each["seq"] for each in bids] == [1, 2, 3]


async def test_B47_a_request_may_come_in_pieces_and_be_the_last_of_its_connection(house: House) -> None:
    async with house.connection() as line:
        for byte in house.request(bid(0), "connection: close"):
            line.writer.write(bytes([byte]))
            await line.writer.drain()
        last = await line.answer()
        assert (last.status, last.headers["connection"]) == (201, "close")
        assert await asyncio.wait_for(line.reader.read(), WAIT_S) == b""


async def test_B47_what_asks_more_of_the_server_is_left_to_it(house: House) -> None:
    async with house.connection() as line:
        whole = house.request(bid(0), "expect: 100-continue")
        head, _, body = whole.partition(b"\r\n\r\n")
        line.writer.write(head + b"\r\n\r\n")
        assert (await line.answer()).status == 100
        line.writer.write(body)
        assert (await line.answer()).status == 201
    async with house.connection() as line:
        line.writer.write(house.request(bid(1), bidder=1).replace(b"HTTP/1.1", b"HTTP/1.0"))
        old = await line.answer()
        assert (old.status, old.headers["connection"]) == (201, "close")
    async with house.connection() as line:
        line.writer.write(house.request(bid(2), "transfer-encoding: chunked"))
        assert (await line.answer()).status == 400  # two lengths: the next request could hide in this one


async def test_B47_the_bid_of_somebody_who_hung_up_stands(house: House, database: Database) -> None:
    async with house.connection() as line:
        line.writer.write(house.request(bid(0)))
        await line.writer.drain()
    for _ in range(100):
        async with database.read() as work:
            entries = await log_page(work, house.market.lots[0].id, after_seq=0)
        if entries:
            break
        await asyncio.sleep(0.05)
    assert [each.outcome for each in entries] == ["accepted"]
    async with house.connection() as line:
        line.writer.write(house.request(bid(0)))
        assert msgspec.json.decode((await line.answer()).body)["repeated"] is True

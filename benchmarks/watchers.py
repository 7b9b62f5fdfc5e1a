"""Thousands who watch one lot over the live stream: how long until a bid has reached them all, alone and in a storm."""

import asyncio
import resource
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import cast

import msgspec
import uvloop

from benchmarks.client import percentile, post, take_answer
from benchmarks.loads import bid, bids_path
from benchmarks.market import START_FEN, STEP_FEN, Market
from benchmarks.service import HOST, Service

SINGLE_BIDS = 10
STORM_S = 4.0
LATEST_S = 10.0


@dataclass(slots=True)
class Watched:
    """Delays in milliseconds from sending a bid to each watcher's hearing of it; messages to each watcher in the storm a
    second; seconds after the storm until everybody knew the last state; who did not hear in time."""

    watchers: int
    delays: list[float] = field(default_factory=list)
    messages_per_second: float = 0.0
    calm_after_s: float = 0.0
    missed: int = 0

    @property
    def p99_ms(self) -> float:
        """The delay of the slowest hundredth."""
        return percentile(self.delays, 0.99)


class _Audience:
    """Everybody who watches, and which number of the log they wait for."""

    def __init__(self) -> None:
        self.awaited = 0
        self.heard = 0
        self.messages = 0
        self.sent = 0.0
        self.delays: list[float] = []
        self.all_heard = asyncio.Event()

    def await_number(self, seq: int, watchers: "list[_Watcher]") -> None:
        self.awaited, self.heard = seq, 0
        self.all_heard.clear()
        for watcher in watchers:
            watcher.has_heard = False
            if watcher.seq >= seq:
                watcher.hear()


class _Watcher(asyncio.Protocol):
    def __init__(self, audience: _Audience, request: bytes, everybody: "list[_Watcher]") -> None:
        self._audience, self._request, self._everybody = audience, request, everybody
        self.seq = -1
        self.has_heard = True
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        at = data.rfind(b"\nid: ")
        if at < 0:
            return
        self._audience.messages += 1
        self.seq = int(data[at + 5 : data.index(b"\n", at + 5)])
        if not self.has_heard and self.seq >= self._audience.awaited:
            self.hear()

    def hear(self) -> None:
        audience, self.has_heard = self._audience, True
        audience.heard += 1
        audience.delays.append((perf_counter() - audience.sent) * 1000)
        if audience.heard == len(self._everybody):
            audience.all_heard.set()


class _Bidder:
    """One keep-alive connection that bids and reads the number of its receipt."""

    def __init__(self, service: Service, market: Market, token: str) -> None:
        self._service, self._market, self._token = service, market, token

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(HOST, self._service.port)

    async def bid(self, lot: int, amount_fen: int) -> int:
        self._writer.write(
            post(HOST, self._service.port, bids_path(self._market, lot), self._token, bid(amount_fen))
        )
        buffer = bytearray()
        while (answer := take_answer(buffer)) is None:
            buffer += await self._reader.read(65_536)
        receipt = msgspec.json.decode(answer[1])
        return int(receipt["seq"])


async def _watch(service: Service, market: Market, tokens: list[str], lot: int, count: int) -> Watched:
    loop, audience = asyncio.get_running_loop(), _Audience()
    request = f"GET /lots/{market.lots[lot].lot_no}/live HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    watchers: list[_Watcher] = []
    for _ in range(0, count, 100):
        made = await asyncio.gather(
            *(
                loop.create_connection(partial(_Watcher, audience, request, watchers), HOST, service.port)
                for _ in range(100)
            )
        )
        watchers += [watcher for _, watcher in made]
    audience.sent = perf_counter()
    audience.await_number(0, watchers)
    await asyncio.wait_for(audience.all_heard.wait(), 60)
    audience.delays = []
    bidders = [_Bidder(service, market, tokens[n]) for n in range(16)]
    await asyncio.gather(*(bidder.connect() for bidder in bidders))
    result = Watched(count)
    amount = START_FEN

    async def heard_by_all(seq: int) -> None:
        audience.await_number(seq, watchers)
        try:
            await asyncio.wait_for(audience.all_heard.wait(), LATEST_S)
        except TimeoutError:
            result.missed += count - audience.heard

    for number in range(SINGLE_BIDS):
        audience.sent = perf_counter()
        seq = await bidders[number % 16].bid(lot, amount)
        amount += STEP_FEN
        await heard_by_all(seq)
        await asyncio.sleep(0.5)
    result.delays, audience.delays = audience.delays, []

    began, before, last_seq = perf_counter(), audience.messages, 0
    while perf_counter() - began < STORM_S:
        offers = [amount + n * STEP_FEN for n in range(16)]
        amount = offers[-1] + STEP_FEN
        last_seq = max(await asyncio.gather(*(b.bid(lot, o) for b, o in zip(bidders, offers, strict=True))))
    result.messages_per_second = (audience.messages - before) / count / (perf_counter() - began)
    audience.sent = perf_counter()
    await heard_by_all(last_seq)
    result.calm_after_s = perf_counter() - audience.sent
    for watcher in watchers:
        assert watcher.transport is not None
        watcher.transport.close()
    return result


def watch(service: Service, market: Market, tokens: list[str], *, lot: int, watchers: int) -> Watched:
    """Have so many watch the lot while it is bid for."""
    return uvloop.run(_watch(service, market, tokens, lot, watchers))


def allow_connections(count: int) -> None:
    """Raise the limit of open files of this process and its children. Raises `RuntimeError` when the system forbids it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 1_000
    if soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise RuntimeError(
                f"{wanted} open files are needed, the system allows {hard}: raise `ulimit -Hn`"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

"""A lean load client: keep-alive connections in a closed loop, raw bytes, no HTTP library in the way."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Protocol, cast

import uvloop

Meter = Callable[[], tuple[float, float]]
"""Processor seconds of the web process and of the database so far."""


class Load(Protocol):
    """What the connections ask."""

    def request(self, connection: int) -> bytes | None:
        """The next request of the n-th connection; None when it has to wait for its turn."""

    def answered(self, connection: int, status: int) -> int | None:
        """An answer has come; returns the connection whose turn that makes it."""


@dataclass(slots=True)
class Measured:
    """What one run gave. Latencies in milliseconds; `seconds` is the measured time, `web_s` and `database_s` the
    processor time that the service spent in it."""

    seconds: float = 0.0
    web_s: float = 0.0
    database_s: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Measured") -> None:
        """Count another run of the same kind in."""
        self.seconds += other.seconds
        self.web_s += other.web_s
        self.database_s += other.database_s
        self.latencies += other.latencies
        self.statuses += other.statuses

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def per_processor_second(self) -> float:
        """Answers for each second of processor time of web process and database together."""
        return len(self.latencies) / ((self.web_s + self.database_s) or 1.0)

    def percentile(self, part: float) -> float:
        """The latency that `part` of the requests did not exceed."""
        return percentile(self.latencies, part)

    def status_per_second(self, status: int) -> float:
        """Answers of one status a second."""
        return self.statuses[status] / self.seconds


def percentile(values: list[float], part: float) -> float:
    """The value that `part` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def post(host: str, port: int, path: str, token: str, body: bytes) -> bytes:
    """A POST with a JSON body and a bearer token."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def take_answer(buffer: bytearray) -> tuple[int, bytes] | None:
    """Take a whole answer with a Content-Length from the buffer: its status and body. None when it has not all come."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end]).lower()
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    whole = end + 4 + length
    if len(buffer) < whole:
        return None
    body = bytes(buffer[end + 4 : whole])
    del buffer[:whole]
    return int(head[9:12]), body


class _Connection(asyncio.Protocol):
    def __init__(self, number: int, run: "_Run") -> None:
        self._number, self._run = number, run
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not inherit from asyncio's
        self.go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.lost += not self._run.is_over

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def go_on(self) -> None:
        """Send the next request, or wait until it is this connection's turn."""
        assert self._transport is not None
        request = self._run.load.request(self._number)
        if request is None:
            self._run.idle[self._number] = self
            return
        self._sent = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answer = take_answer(self._buffer)
        if answer is None:
            return
        status, _ = answer
        self._run.note(status, self._sent)
        if self._run.is_over:
            return
        whose_turn = self._run.load.answered(self._number, status)
        self.go_on()
        if whose_turn is not None and (waiting := self._run.idle.pop(whose_turn, None)):
            waiting.go_on()


class _Run:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.measured: Measured | None = None
        self.idle: dict[int, _Connection] = {}
        self.is_over = False
        self.lost = 0

    def note(self, status: int, sent: float) -> None:
        if self.measured is not None:
            self.measured.latencies.append((perf_counter() - sent) * 1000)
            self.measured.statuses[status] += 1


async def _measure(
    host: str, port: int, load: Load, connections: int, warm_s: float, length_s: float, meter: Meter | None
) -> Measured:
    loop, run = asyncio.get_running_loop(), _Run(load)
    opened = []
    for number in range(connections):
        _, connection = await loop.create_connection(partial(_Connection, number, run), host, port)
        opened.append(connection)
    await asyncio.sleep(warm_s)
    began, spent = perf_counter(), meter() if meter else (0.0, 0.0)
    run.measured = measured = Measured(length_s)
    await asyncio.sleep(length_s)
    run.measured, run.is_over = None, True
    measured.seconds = perf_counter() - began
    if meter:
        web_s, database_s = meter()
        measured.web_s, measured.database_s = web_s - spent[0], database_s - spent[1]
    await asyncio.sleep(0.5)
    for connection in opened:
        connection.close()
    if run.lost:
        raise RuntimeError(f"{run.lost} connections were lost during the run")
    return measured


def measure(
    host: str,
    port: int,
    load: Load,
    *,
    connections: int = 64,
    warm_s: float = 1,
    length_s: float = 4,
    meter: Meter | None = None,
) -> Measured:
    """Keep every connection busy with one request at a time, and measure after warming up."""
    return uvloop.run(_measure(host, port, load, connections, warm_s, length_s, meter))

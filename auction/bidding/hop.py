"""The hop of a bid from the process that received it to the one that writes its lot: frames over a Unix socket.

A frame is four bytes of length and a msgpack list. Whatever comes up in one turn of the event loop travels in one frame, so
a storm of bids costs few system calls. Bids keep their order, and the instant at which they arrived at the edge.

A hop never decides whether a bid is lost: when the connection breaks, the process that received the bid decides it itself,
and the bid's key finds the decision if there was one.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, cast
from uuid import UUID

import msgspec
from msgspec import Struct
from prometheus_client import Counter

from auction.bidding.receipts import BidReceipt, TryAgain
from core.errors import Conflict, DisposalError, NotFound
from core.i18n import Message

LENGTH_BYTES = 4
LARGEST_FRAME = 64_000_000
GREETING = b"\0\0\0\1\x90"
"""A frame with nothing in it: the process at the other end is awake."""

LED = Counter("bids_led", "Bids led to the process that writes their lot")
TAKEN_BACK = Counter("bids_taken_back", "Bids decided here after all, since their writer was gone")

REFUSALS: dict[str, Callable[[Message, str | None], DisposalError]] = {
    TryAgain.kind: lambda message, _rule: TryAgain(message),
    Conflict.kind: lambda message, rule: Conflict(message, rule=rule),
    NotFound.kind: lambda message, rule: NotFound(message, rule=rule),
}
"""What a desk may answer instead of a receipt."""


class LedBid(Struct, frozen=True, array_like=True):
    """A bid on its way to its writer. `number` is the sender's own, for the answer."""

    number: int
    lot_id: UUID
    registration_id: UUID
    amount_fen: int
    idempotency_key: str
    received_at: datetime


class Refusal(Struct, frozen=True, array_like=True):
    """A `DisposalError` on its way back."""

    kind: str
    words: str
    rule: str | None


class Answer(Struct, frozen=True, array_like=True):
    """What became of a bid: a receipt, a refusal, or neither: then it is unknown."""

    number: int
    receipt: BidReceipt | None = None
    refusal: Refusal | None = None


class HopBroken(Exception):
    """The bid was on its way and no answer will come: whether it was decided, only its key can tell."""


_encode = msgspec.msgpack.Encoder().encode
_read_bids = msgspec.msgpack.Decoder(list[LedBid]).decode
_read_answers = msgspec.msgpack.Decoder(list[Answer]).decode


class _Frames(asyncio.Protocol):
    """One end of a connection: what is to be sent gathers until the end of the loop's turn."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._heard = bytearray()
        self._to_send: list[Struct] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not inherit from asyncio's

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while len(self._heard) >= LENGTH_BYTES:
            length = int.from_bytes(self._heard[:LENGTH_BYTES], "big")
            end = LENGTH_BYTES + length
            if length > LARGEST_FRAME:
                self.hang_up()
                return
            if len(self._heard) < end:
                return
            frame = bytes(self._heard[LENGTH_BYTES:end])
            del self._heard[:end]
            try:
                self.frame_received(frame)
            except msgspec.MsgspecError:  # another version speaks at the other end
                self.hang_up()
                return

    def frame_received(self, frame: bytes) -> None:
        raise NotImplementedError

    def send_soon(self, item: Struct) -> None:
        """Send with whatever else comes up in this turn of the loop."""
        if not self._to_send:
            asyncio.get_running_loop().call_soon(self._send_all)
        self._to_send.append(item)

    def _send_all(self) -> None:
        items, self._to_send = self._to_send, []
        if self._transport is not None and not self._transport.is_closing():
            frame = _encode(items)
            self._transport.write(len(frame).to_bytes(LENGTH_BYTES, "big") + frame)

    def hang_up(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def say_goodbye(self) -> None:
        """Send what is to be sent, then hang up."""
        if self._to_send:
            self._send_all()
        if self._transport is not None:
            self._transport.close()


class Link(_Frames):
    """The way to another process's desk. It calls `awake` once that process has said anything, and `lost` at the end."""

    def __init__(self, awake: Callable[["Link"], None], lost: Callable[["Link"], None]) -> None:
        super().__init__()
        self._awake, self._lost = awake, lost
        self._waiting: dict[int, tuple[float, datetime, asyncio.Future[BidReceipt]]] = {}
        self._number = 0

    async def lead(
        self,
        lot_id: UUID,
        registration_id: UUID,
        amount_fen: int,
        idempotency_key: str,
        received_at: datetime,
    ) -> BidReceipt:
        """Have a bid decided there. Raises what a desk raises, and `HopBroken`."""
        self._number = number = self._number + 1
        answer: asyncio.Future[BidReceipt] = asyncio.get_running_loop().create_future()
        self._waiting[number] = monotonic(), received_at, answer
        self.send_soon(LedBid(number, lot_id, registration_id, amount_fen, idempotency_key, received_at))
        LED.inc()
        return await answer

    @property
    def oldest_waiting(self) -> datetime | None:
        """When the bid arrived that has waited longest for its answer."""
        return next((received_at for _, received_at, _ in self._waiting.values()), None)

    def waits_since(self, moment: float) -> bool:
        """Whether a bid that was sent before `moment` (monotonic) has no answer yet."""
        return any(sent < moment for sent, _, _ in self._waiting.values())

    def frame_received(self, frame: bytes) -> None:
        self._awake(self)
        for each in _read_answers(frame):
            _, _, answer = self._waiting.pop(each.number, (0.0, None, None))
            if answer is None or answer.done():
                continue  # the bidder hung up; the bid stands
            if each.receipt is not None:
                answer.set_result(each.receipt)
            elif each.refusal is not None:
                answer.set_exception(_error(each.refusal))
            else:
                answer.set_exception(HopBroken())

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost(self)
        waiting, self._waiting = self._waiting, {}
        for _, _, answer in waiting.values():
            if not answer.done():
                answer.set_exception(HopBroken())


Queue = Callable[[UUID, UUID, int, str, datetime], "asyncio.Future[BidReceipt]"]
"""Put a bid into the queue of its lot, here."""


class Guest(_Frames):
    """A connection from another process, whose bids are decided by this one's desk."""

    def __init__(self, queue: Queue, guests: set["Guest"]) -> None:
        super().__init__()
        self._queue, self._guests = queue, guests

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._guests.add(self)
        cast(asyncio.Transport, transport).write(GREETING)

    def connection_lost(self, exc: Exception | None) -> None:
        self._guests.discard(self)

    def frame_received(self, frame: bytes) -> None:
        for bid in _read_bids(frame):
            number = bid.number
            try:
                answer = self._queue(
                    bid.lot_id, bid.registration_id, bid.amount_fen, bid.idempotency_key, bid.received_at
                )
            except DisposalError as refusal:
                self.send_soon(Answer(number, refusal=_refusal(refusal)))
                continue
            answer.add_done_callback(partial(self._decided, number))

    def _decided(self, number: int, decided: "asyncio.Future[BidReceipt]") -> None:
        if decided.cancelled():
            self.send_soon(Answer(number))
            return
        error = decided.exception()
        if error is None:
            self.send_soon(Answer(number, decided.result()))
        elif isinstance(error, DisposalError) and error.kind in REFUSALS:
            self.send_soon(Answer(number, refusal=_refusal(error)))
        else:
            self.send_soon(Answer(number))


def _refusal(error: DisposalError) -> Refusal:
    return Refusal(error.kind, error.message.msgid, error.rule)


def _error(refusal: Refusal) -> Exception:
    make: Any = REFUSALS.get(refusal.kind)
    return HopBroken() if make is None else make(Message(refusal.words), refusal.rule)

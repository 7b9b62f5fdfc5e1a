"""The public log of a lot's bids: canonical bytes, hash chain, receipts (B-42, B-47).

Every link's hash is SHA-256(previous hash || canonical record); the first link follows `GENESIS_HASH`. The record is a
JSON array of fixed order with times in microseconds since 1970 (UTC), so anyone can recompute it with three lines of
any language. It holds the bidder's code, never the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, Procedure, decide
from core.crypto import SigningKey, verify_signature

GENESIS_HASH = bytes(32)
RECORD_VERSION = "disposal-bid/1"
RECEIPT_VERSION = "disposal-receipt/1"
RECEIPT_PURPOSE = "bid-receipts"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encode = msgspec.json.Encoder().encode


class LogEntry(msgspec.Struct, frozen=True):
    """One decided bid as the public sees it. `hash` in hexadecimal; money in fen."""

    seq: int
    code: str
    priority_order: int | None
    amount_fen: int
    outcome: BidOutcome
    received_at: datetime
    decided_at: datetime
    ends_at: datetime
    extended: bool
    hash: str


class LogProcedure(msgspec.Struct, frozen=True):
    """The notice's figures that the fold needs, as published with the log."""

    starting_price_fen: int
    increment_fen: int
    window_s: int
    extension_s: int
    extension_from: str
    may_outbid_self: bool
    is_sell_off: bool
    starts_at: datetime
    ends_at: datetime


class EndMoved(msgspec.Struct, frozen=True):
    """The end of bidding was set anew by the court, outside the log: after a pause the remaining time goes on."""

    at: datetime
    ends_at: datetime


class PublicLog(msgspec.Struct, frozen=True):
    """A lot's whole log with what is needed to check it: procedure, entries, head, and the service's public key."""

    lot_id: UUID
    lot_no: str
    procedure: LogProcedure
    entries: list[LogEntry]
    head_hash: str
    public_key: str
    signature: str
    """Of the service's key over the lot's id and the head hash."""
    end_moves: list[EndMoved] = []


@dataclass(frozen=True, slots=True)
class LogFault:
    """Where a log does not hold. `seq` is 0 when the whole is at fault."""

    seq: int
    reason: str


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def record_bytes(
    lot_id: UUID,
    seq: int,
    code: str,
    priority_order: int | None,
    amount_fen: int,
    outcome: str,
    received_at: datetime,
    decided_at: datetime,
    ends_at: datetime,
    extended: bool,
) -> bytes:
    """The canonical record of one decided bid."""
    times = (microseconds(received_at), microseconds(decided_at), microseconds(ends_at))
    fields = (
        RECORD_VERSION,
        str(lot_id),
        seq,
        code,
        priority_order,
        amount_fen,
        str(outcome),
        *times,
        extended,
    )
    return _encode(fields)


def chain(previous: bytes, record: bytes) -> bytes:
    """The hash of the next link."""
    return sha256(previous + record).digest()


def entry_record(lot_id: UUID, entry: LogEntry) -> bytes:
    """The canonical record of a published entry."""
    return record_bytes(
        lot_id,
        entry.seq,
        entry.code,
        entry.priority_order,
        entry.amount_fen,
        entry.outcome,
        entry.received_at,
        entry.decided_at,
        entry.ends_at,
        entry.extended,
    )


def receipt_message(lot_id: UUID, seq: int, link_hash: bytes) -> bytes:
    """What a receipt signs: the link, which by its hash fixes the bid and everything before it."""
    return _encode((RECEIPT_VERSION, str(lot_id), seq, link_hash.hex()))


def sign_receipt(key: SigningKey, lot_id: UUID, seq: int, link_hash: bytes) -> bytes:
    """The service's signature over one link."""
    return key.sign(receipt_message(lot_id, seq, link_hash))


def verify_receipt(public_key: bytes, signature: bytes, lot_id: UUID, seq: int, link_hash: bytes) -> bool:
    """Whether a receipt was given by the holder of the key."""
    return verify_signature(public_key, signature, receipt_message(lot_id, seq, link_hash))


def verify_links(lot_id: UUID, entries: Sequence[LogEntry]) -> list[LogFault]:
    """Numbers without a gap, every hash right (B-47). Empty when all holds."""
    faults: list[LogFault] = []
    previous = GENESIS_HASH
    for expected_seq, entry in enumerate(entries, start=1):
        if entry.seq != expected_seq:
            faults.append(LogFault(entry.seq, f"number {expected_seq} expected"))
        link = chain(previous, entry_record(lot_id, entry))
        if link.hex() != entry.hash:
            faults.append(LogFault(entry.seq, "hash does not fit the record and the link before"))
        previous = link
    return faults


def verify_decisions(
    procedure: LogProcedure, entries: Sequence[LogEntry], moves: Sequence[EndMoved] = ()
) -> list[LogFault]:
    """Decide every bid again by the published rules (B-40 to B-46) and name those that were decided otherwise.

    Refusals for a lost qualification or a pause rest on facts outside the log and are taken as recorded; so are the
    `moves` of the end by a pause.
    """
    faults: list[LogFault] = []
    law = procedure_of(procedure)
    state = BiddingState(starts_at=procedure.starts_at, ends_at=procedure.ends_at)
    outside = {BidOutcome.PAUSED, BidOutcome.NOT_QUALIFIED}
    waiting = sorted(moves, key=lambda move: move.at)
    for entry in entries:
        while waiting and waiting[0].at <= entry.decided_at:
            state = replace(state, ends_at=waiting.pop(0).ends_at)
        if entry.outcome in outside:
            state = replace(state, last_seq=entry.seq)
            continue
        request = BidRequest(
            code_identity(entry.code), entry.code, entry.amount_fen, entry.decided_at, entry.priority_order
        )
        decision = decide(law, state, request)
        if decision.outcome is not entry.outcome:
            faults.append(LogFault(entry.seq, f"{entry.outcome} recorded, {decision.outcome} by the rules"))
        elif (decision.ends_at, decision.extended) != (entry.ends_at, entry.extended):
            faults.append(LogFault(entry.seq, "end of bidding is not the one of the rules"))
        state = decision.state
    return faults


def code_identity(code: str) -> UUID:
    """A stand-in for the registration, which the public log does not name: one per code."""
    return UUID(bytes=sha256(code.encode()).digest()[:16])


def procedure_of(published: LogProcedure) -> Procedure:
    """The fold's procedure of a published one."""
    return Procedure(
        starting_price_fen=published.starting_price_fen,
        increment_fen=published.increment_fen,
        window_s=published.window_s,
        extension_s=published.extension_s,
        extension_from=published.extension_from,
        may_outbid_self=published.may_outbid_self,
        is_sell_off=published.is_sell_off,
    )


def head_message(lot_id: UUID, head_hash: str) -> bytes:
    """What the signature under a whole log covers."""
    return _encode(("disposal-log-head/1", str(lot_id), head_hash))


def verify_log(log: PublicLog, *, public_key: bytes | None = None) -> list[LogFault]:
    """Every check of a published log: links, head, signature, decisions. Empty when the sale is as published.

    `public_key`: the key the reader trusts; without it the one inside the log, which proves only integrity.
    """
    faults = verify_links(log.lot_id, log.entries)
    head = log.entries[-1].hash if log.entries else GENESIS_HASH.hex()
    if head != log.head_hash:
        faults.append(LogFault(0, "head is not the last link"))
    key = public_key or bytes.fromhex(log.public_key)
    if not verify_signature(key, bytes.fromhex(log.signature), head_message(log.lot_id, log.head_hash)):
        faults.append(LogFault(0, "signature of the head does not fit the key"))
    return faults + verify_decisions(log.procedure, log.entries, log.end_moves)


def as_json(log: PublicLog) -> Any:
    """The log as plain data for a JSON answer."""
    return msgspec.to_builtins(log)

"""The public log of a lot's bids: canonical bytes, hash chain, receipts (B-42, B-47).

Every link's hash is SHA-256(previous hash || canonical record); the first link follows `GENESIS_HASH`. The record is a
JSON array of fixed order with times in microseconds since 1970 (UTC), so anyone can recompute it with three lines of
any language. It holds the bidder's code, never the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from msgspec.structs import replace

from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, Decision, Procedure, decide
from auction.listing.models import ExtensionFrom
from core.crypto import SigningKey, verify_signature

GENESIS_HASH = bytes(32)
RECORD_VERSION = "disposal-bid/1"
RECEIPT_VERSION = "disposal-receipt/1"
HEAD_VERSION = "disposal-log-head/3"
RECEIPT_PURPOSE = "bid-receipts"

LONGEST_EXTENSION_S = 366 * 24 * 3600
LAST_YEAR = 9000

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
    """The end of bidding was set anew by the court, outside the log: after a pause the remaining time goes on.

    `starts_at` is the start that holds from then on: later than before when it had passed while the lot stood still.
    """

    at: datetime
    ends_at: datetime
    starts_at: datetime | None = None


class PublicLog(msgspec.Struct, frozen=True):
    """A lot's whole log with what is needed to check it: procedure, entries, head, and the service's public key.

    `signature` is of the service's key over all of it (`head_message`): the rules of the sale cannot be exchanged under
    the bids. `closed_at` is set when the court withdrew the lot, so that no bid was taken any more.
    """

    lot_id: UUID
    lot_no: str
    procedure: LogProcedure
    entries: list[LogEntry]
    head_hash: str
    public_key: str
    signature: str
    end_moves: list[EndMoved] = []
    closed_at: datetime | None = None


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
        lot_id,
        seq,
        code,
        priority_order,
        amount_fen,
        outcome,
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
    return _encode((RECEIPT_VERSION, lot_id, seq, link_hash.hex()))


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
    procedure: LogProcedure,
    entries: Sequence[LogEntry],
    moves: Sequence[EndMoved] = (),
    closed_at: datetime | None = None,
) -> list[LogFault]:
    """Decide every bid again by the published rules (B-40 to B-46) and name those that were decided otherwise.

    Refusals for a lost qualification or a pause rest on facts outside the log and are taken as recorded; so are the
    `moves` of the end by a pause, and refusals after the court closed the lot.
    """
    faults: list[LogFault] = []
    law = procedure_of(procedure)
    state = BiddingState(starts_at=procedure.starts_at, ends_at=procedure.ends_at)
    waiting = sorted(moves, key=lambda move: move.at)
    before: datetime | None = None
    for entry in entries:
        if before is not None and entry.decided_at < before:
            faults.append(LogFault(entry.seq, "decided before the bid that precedes it"))
        before = entry.decided_at
        while waiting and waiting[0].at <= entry.decided_at:
            move = waiting.pop(0)
            state = replace(state, ends_at=move.ends_at, starts_at=move.starts_at or state.starts_at)
        if _rests_on_other_facts(entry, closed_at):
            decision = Decision(replace(state, last_seq=entry.seq), entry.outcome)
        else:
            request = BidRequest(
                code_identity(entry.code),
                entry.code,
                entry.amount_fen,
                entry.decided_at,
                entry.priority_order,
            )
            decision = decide(law, state, request)
        if decision.outcome is not entry.outcome:
            faults.append(LogFault(entry.seq, f"{entry.outcome} recorded, {decision.outcome} by the rules"))
        elif (decision.ends_at, decision.extended) != (entry.ends_at, entry.extended):
            faults.append(LogFault(entry.seq, "end of bidding is not the one of the rules"))
        state = decision.state
    return faults


def _rests_on_other_facts(entry: LogEntry, closed_at: datetime | None) -> bool:
    if entry.outcome in (BidOutcome.PAUSED, BidOutcome.NOT_QUALIFIED):
        return True
    return entry.outcome is BidOutcome.LATE and closed_at is not None and entry.decided_at >= closed_at


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


def head_message(log: PublicLog) -> bytes:
    """What the signature under a whole log covers: the lot, its procedure, its last link, and what the court changed."""
    law = log.procedure
    return _encode(
        (
            HEAD_VERSION,
            str(log.lot_id),
            log.lot_no,
            law.starting_price_fen,
            law.increment_fen,
            law.window_s,
            law.extension_s,
            law.extension_from,
            law.may_outbid_self,
            law.is_sell_off,
            microseconds(law.starts_at),
            microseconds(law.ends_at),
            [
                (
                    microseconds(move.at),
                    microseconds(move.ends_at),
                    None if move.starts_at is None else microseconds(move.starts_at),
                )
                for move in log.end_moves
            ],
            None if log.closed_at is None else microseconds(log.closed_at),
            len(log.entries),
            log.head_hash,
        )
    )


def sign_log(key: SigningKey, log: PublicLog) -> PublicLog:
    """The log with the service's signature and public key."""
    signature = key.sign(head_message(log)).hex()
    return msgspec.structs.replace(log, signature=signature, public_key=key.public_bytes.hex())


def malformed(log: PublicLog) -> list[LogFault]:
    """What no published log holds and no check could reckon with: impossible rules, times without a zone."""
    law = log.procedure
    reasons = []
    if law.increment_fen <= 0 or law.starting_price_fen <= 0:
        reasons.append("starting price and increment must be positive")
    if not (0 <= law.window_s <= LONGEST_EXTENSION_S and 0 <= law.extension_s <= LONGEST_EXTENSION_S):
        reasons.append("extension is out of range")
    if law.extension_from not in tuple(ExtensionFrom):
        reasons.append("extension is counted from an unknown instant")
    moments = [law.starts_at, law.ends_at, *([log.closed_at] if log.closed_at else [])]
    moments += [
        moment for move in log.end_moves for moment in (move.at, move.ends_at, move.starts_at) if moment
    ]
    faults = [LogFault(0, reason) for reason in reasons]
    if not all(map(_is_a_time, moments)):
        faults.append(LogFault(0, "a time has no zone or is out of range"))
    elif law.ends_at <= law.starts_at:
        faults.append(LogFault(0, "the end does not follow the start"))
    faults += [
        LogFault(entry.seq, "a time has no zone or is out of range")
        for entry in log.entries
        if not all(map(_is_a_time, (entry.received_at, entry.decided_at, entry.ends_at)))
    ]
    return faults


def _is_a_time(moment: datetime) -> bool:
    return moment.tzinfo is not None and 1970 <= moment.year < LAST_YEAR


def _bytes_of(digits: str, length: int) -> bytes | None:
    """The bytes that hexadecimal digits stand for, if there are as many as should be."""
    try:
        found = bytes.fromhex(digits)
    except ValueError:
        return None
    return found if len(found) == length else None


def verify_log(log: PublicLog, *, public_key: bytes | None = None) -> list[LogFault]:
    """Every check of a published log: links, head, signature, decisions. Empty when the sale is as published.

    `public_key`: the key the reader trusts; without it the one inside the log, which proves only integrity. Never
    raises, whatever the log holds.
    """
    if faults := malformed(log):
        return faults
    faults = verify_links(log.lot_id, log.entries)
    head = log.entries[-1].hash if log.entries else GENESIS_HASH.hex()
    if head != log.head_hash:
        faults.append(LogFault(0, "head is not the last link"))
    key = public_key if public_key is not None else _bytes_of(log.public_key, 32)
    signature = _bytes_of(log.signature, 64)
    if key is None or len(key) != 32:
        faults.append(LogFault(0, "the public key is not an Ed25519 key of 32 bytes"))
    elif signature is None or not verify_signature(key, signature, head_message(log)):
        faults.append(LogFault(0, "signature does not fit the log and the key"))
    return faults + verify_decisions(log.procedure, log.entries, log.end_moves, log.closed_at)

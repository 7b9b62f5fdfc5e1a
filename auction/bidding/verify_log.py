"""Check a public log with nothing but the log: hashes, signature, every decision, the declared result (B-40 to B-49).

The same fold decides live bids, so a log that passes was decided by the published rules. The parts check a log in pieces too
(`ChainCheck`, `Replay`), for the self-check that walks through logs of any length.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from auction.bidding.log import (
    GENESIS_HASH,
    CeilingOpening,
    EndMoved,
    LogClosing,
    LogEntry,
    LogProcedure,
    PublicLog,
    SaleOutcome,
    chain,
    entry_record,
    head_message,
)
from auction.bidding.models import CEILING_ACTS, BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, Decision, Procedure, code_identity, decide
from auction.bidding.verify_ceilings import CeilingCheck
from auction.listing.models import ExtensionFrom
from core.crypto import verify_signature

LONGEST_EXTENSION_S = 366 * 24 * 3600
LAST_YEAR = 9000


class LogCheck(StrEnum):
    """What is looked at."""

    FORM = "form"
    CHAIN = "chain"
    SIGNATURE = "signature"
    DECISIONS = "decisions"
    EXTENSION = "extension"
    CEILINGS = "ceilings"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class LogFault:
    """Where a log does not hold. `seq` is 0 when the whole is at fault."""

    seq: int
    reason: str
    check: LogCheck = LogCheck.FORM


def verify_log(log: PublicLog, *, public_key: bytes | None = None) -> list[LogFault]:
    """Every check of a published log: links, head, signature, decisions, result. Empty when the sale is as published.

    `public_key`: the key the reader trusts; without it the one inside the log, which proves only integrity. Never
    raises, whatever the log holds.
    """
    if faults := malformed(log):
        return faults
    faults = verify_links(log.lot_id, log.entries)
    if (log.entries[-1].hash if log.entries else GENESIS_HASH.hex()) != log.head_hash:
        faults.append(LogFault(0, "head is not the last link", LogCheck.CHAIN))
    if (reason := _signature_fault(log, public_key)) is not None:
        faults.append(LogFault(0, reason, LogCheck.SIGNATURE))
    openings = [] if log.openings is UNSET else log.openings
    replayed = Replay(log.lot_id, log.procedure, log.end_moves, log.closed_at, openings)
    replayed.feed(log.entries)
    return faults + replayed.finish(log.closing)


def _signature_fault(log: PublicLog, public_key: bytes | None) -> str | None:
    key = public_key if public_key is not None else _bytes_of(log.public_key, 32)
    signature = _bytes_of(log.signature, 64)
    if key is None or len(key) != 32:
        return "the public key is not an Ed25519 key of 32 bytes"
    if signature is None or not verify_signature(key, signature, head_message(log.head)):
        return "signature does not fit the log and the key"
    return None


# --- links --------------------------------------------------------------------------------------------------------


class ChainCheck:
    """Numbers without a gap, every hash right (B-47), from the link `head` with number `seq` onwards."""

    def __init__(self, lot_id: UUID, *, seq: int = 0, head: bytes = GENESIS_HASH) -> None:
        self.lot_id, self.seq, self.head = lot_id, seq, head
        self.faults: list[LogFault] = []

    def feed(self, entries: Iterable[LogEntry]) -> None:
        """Check the next entries; `head` and `seq` are those of the last one afterwards."""
        for entry in entries:
            self.seq += 1
            if entry.seq != self.seq:
                self.faults.append(LogFault(entry.seq, f"number {self.seq} expected", LogCheck.CHAIN))
            self.head = chain(self.head, entry_record(self.lot_id, entry))
            if self.head.hex() != entry.hash:
                reason = "hash does not fit the record and the link before"
                self.faults.append(LogFault(entry.seq, reason, LogCheck.CHAIN))


def verify_links(lot_id: UUID, entries: Sequence[LogEntry]) -> list[LogFault]:
    """The faults of a whole chain. Empty when all holds."""
    check = ChainCheck(lot_id)
    check.feed(entries)
    return check.faults


# --- decisions and result -----------------------------------------------------------------------------------------


class Replay:
    """Decides every bid again by the published rules (B-40 to B-46) and names those that were decided otherwise.

    Refusals for a lost qualification or a pause rest on facts outside the log and are taken as recorded; so are the
    `moves` of the end by a pause, and refusals after the court closed the lot at `closed_at`. Records about ceilings change
    nothing; what they and the bids by them prove is looked at beside (`CeilingCheck`).
    """

    def __init__(
        self,
        lot_id: UUID,
        procedure: LogProcedure,
        moves: Sequence[EndMoved] = (),
        closed_at: datetime | None = None,
        openings: Sequence[CeilingOpening] = (),
    ) -> None:
        self.law = procedure_of(procedure)
        self._ceilings = CeilingCheck(
            lot_id, self.law, allowed=procedure.ceiling_bids_allowed, openings=openings
        )
        self.state = BiddingState(starts_at=procedure.starts_at, ends_at=procedure.ends_at)
        self.faults: list[LogFault] = []
        self._moves = sorted(moves, key=lambda move: move.at)
        self._closed_at = closed_at
        self._before: datetime | None = None

    def feed(self, entries: Iterable[LogEntry]) -> None:
        """Decide the next entries."""
        for entry in entries:
            if self._before is not None and entry.decided_at < self._before:
                self._fault(entry.seq, "decided before the bid that precedes it", LogCheck.DECISIONS)
            self._before = entry.decided_at
            self._move_end(entry.decided_at)
            self._ceilings.feed(entry, self.state)
            decision = self._decide(entry)
            if decision.outcome is not entry.outcome:
                self._fault(
                    entry.seq,
                    f"{entry.outcome} recorded, {decision.outcome} by the rules",
                    LogCheck.DECISIONS,
                )
            elif (decision.ends_at, decision.extended) != (entry.ends_at, entry.extended):
                self._fault(entry.seq, "end of bidding is not the one of the rules", LogCheck.EXTENSION)
            self.state = decision.state

    def finish(self, closing: LogClosing | None) -> list[LogFault]:
        """All faults, with those of the declared result: who won at what price and when it ended (B-43, B-44, B-49)."""
        ended = closing is not None and closing.outcome is not SaleOutcome.WITHDRAWN
        self._ceilings.finish(self.state, closed=ended)
        for seq, reason in self._ceilings.faults:
            self._fault(seq, reason, LogCheck.CEILINGS)
        if closing is None:
            return self.faults
        self._move_end(closing.ended_at)
        state, declared = self.state, (closing.price_fen, closing.winner_code)
        if closing.outcome is SaleOutcome.WITHDRAWN:
            if declared != (None, None) or closing.ended_at != self._closed_at:
                self._fault(0, "a withdrawn lot has a price, a winner or another end", LogCheck.RESULT)
            return self.faults
        by_bids = SaleOutcome.FAILED if state.price_fen is None else SaleOutcome.SOLD
        if closing.outcome is not by_bids:
            self._fault(0, f"declared {closing.outcome}, {by_bids} by the bids", LogCheck.RESULT)
        if declared != (state.price_fen, state.leader_code):
            bids = f"{state.price_fen} fen by {state.leader_code}"
            self._fault(
                0,
                f"declared {closing.price_fen} fen by {closing.winner_code}, {bids} by the bids",
                LogCheck.RESULT,
            )
        if closing.ended_at != state.ends_at:
            self._fault(0, "the declared end is not the one of the rules", LogCheck.EXTENSION)
        return self.faults

    def _decide(self, entry: LogEntry) -> Decision:
        if _rests_on_other_facts(entry, self._closed_at):
            return Decision(replace(self.state, last_seq=entry.seq), entry.outcome)
        request = BidRequest(
            code_identity(entry.code),
            entry.code,
            entry.amount_fen,
            entry.decided_at,
            entry.priority_order,
            by_ceiling=entry.ceiling,
        )
        return decide(self.law, self.state, request)

    def _move_end(self, until: datetime) -> None:
        while self._moves and self._moves[0].at <= until:
            move = self._moves.pop(0)
            self.state = replace(
                self.state, ends_at=move.ends_at, starts_at=move.starts_at or self.state.starts_at
            )

    def _fault(self, seq: int, reason: str, check: LogCheck) -> None:
        self.faults.append(LogFault(seq, reason, check))


def _rests_on_other_facts(entry: LogEntry, closed_at: datetime | None) -> bool:
    if entry.outcome in (BidOutcome.PAUSED, BidOutcome.NOT_QUALIFIED) or entry.outcome in CEILING_ACTS:
        return True
    return entry.outcome is BidOutcome.LATE and closed_at is not None and entry.decided_at >= closed_at


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


# --- form ---------------------------------------------------------------------------------------------------------


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
    moments += [log.closing.ended_at] if log.closing else []
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

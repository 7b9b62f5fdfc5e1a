"""What one transaction decides: for each lot the waiting bids in the order of arrival, folded by the law."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from auction.bidding import desk_sql
from auction.bidding.answering import Answering, CeilingRow, CeilingsLeft
from auction.bidding.log import chain, record_bytes
from auction.bidding.models import BidOutcome
from auction.bidding.receipt_proof import prove_receipts, receipt_leaf
from auction.bidding.receipts import BidReceipt
from auction.bidding.rules import BiddingState, BidRequest, Decision, Procedure, decide
from core.crypto import SigningKey
from core.errors import Conflict
from core.i18n import msg

NO_CODE = "-"
AUTOMATIC_KEY = "~"
"""Begins the keys of automatic bids: no key of a bidder's own can (`place_bid`)."""

_encode = msgspec.json.Encoder().encode


class WaitingBid(Struct, eq=False):
    """A bid in the queue of its lot. `received_at` is when the request reached this process (UTC)."""

    registration_id: UUID
    amount_fen: int
    idempotency_key: str
    received_at: datetime
    answer: asyncio.Future[BidReceipt]


class BidRow(Struct):
    """A new row of the log, for WRITE. `hash` in hexadecimal."""

    lot_id: UUID
    seq: int
    registration_id: UUID
    code: str
    priority_order: int | None
    amount_fen: int
    outcome: BidOutcome
    received_at: datetime
    decided_at: datetime
    ends_at: datetime
    extended: bool
    idempotency_key: str
    hash: str


class CeilingBidRow(BidRow):
    """A bid by a ceiling, or a record about one. `ceiling_proof` in hexadecimal."""

    ceiling: int | None = None
    ceiling_proof: str | None = None


class LotRow(Struct):
    """Where a lot stands after the batch, for WRITE. `head` in hexadecimal."""

    lot_id: UUID
    ends_at: datetime
    price_fen: int | None
    leader: UUID | None
    leader_code: str | None
    leader_priority: int | None
    last_seq: int
    accepted_count: int
    extension_count: int
    head: str


class BidderQuestion(Struct):
    """What TAKE is asked for each waiting bid; the answer to the one that `leads` its lot says how the lot stands. Without a
    registration nothing but that is asked."""

    lot_id: UUID
    leads: bool
    registration_id: UUID | None = None
    idempotency_key: str | None = None


Arrival = Callable[[datetime], datetime]
"""Court time at a moment of this process's clock: only where the two differ, in a sandbox."""


@dataclass(slots=True)
class Batch:
    """Outcomes while the transaction is open: new rows of the log, new states of the lots, everybody's answer."""

    key: SigningKey
    arrival: Arrival | None = None
    bids: list[BidRow] = field(default_factory=list)
    lots: list[LotRow] = field(default_factory=list)
    answers: list[tuple[WaitingBid, BidReceipt | Exception]] = field(default_factory=list)
    ceilings: list[CeilingRow] = field(default_factory=list)
    ceilings_left: list[CeilingsLeft] = field(default_factory=list)

    def decide_lot(
        self,
        lot_id: UUID,
        lot: Any,
        waiting: Sequence[WaitingBid],
        bidders: Sequence[Any],
        answering: Answering | None = None,
    ) -> None:
        """Fold the waiting bids of one locked lot. `bidders` has one row of TAKE for each; `answering` the standing
        ceilings of a lot that has any."""
        procedure, state = procedure_of_row(lot), state_of_row(lot)
        at: datetime = lot["decided_at"].astimezone(UTC)
        head: bytes = lot["head_hash"]
        first_seq = state.last_seq
        decided: dict[tuple[int, str], BidReceipt] = {}
        if answering is not None:
            # Those set before bidding began, or while it stood still, come before the first bid by hand.
            state, head = self.answer(lot_id, procedure, state, head, at, answering)
        for each, known in zip(waiting, bidders, strict=True):
            key = (each.registration_id.int, each.idempotency_key)
            earlier = decided.get(key) or _earlier(known)
            if earlier is not None:
                self.answers.append((each, _repeat(earlier, each.amount_fen)))
                continue
            arrived = each.received_at if self.arrival is None else min(self.arrival(each.received_at), at)
            code, order, amount = known["code"] or NO_CODE, known["priority_order"], each.amount_fen
            request = BidRequest(each.registration_id, code, amount, at, order, bool(known["qualified"]))
            decision = decide(procedure, state, request)
            state, outcome, extended = decision.state, decision.outcome, decision.extended
            seq, ends_at = state.last_seq, state.ends_at
            record = record_bytes(lot_id, seq, code, order, amount, outcome, arrived, at, ends_at, extended)
            head = chain(head, record)
            self.bids.append(
                BidRow(
                    lot_id,
                    seq,
                    each.registration_id,
                    code,
                    order,
                    amount,
                    outcome,
                    arrived,
                    at,
                    ends_at,
                    extended,
                    each.idempotency_key,
                    head.hex(),
                )
            )
            receipt = BidReceipt(lot_id, seq, code, amount, outcome, arrived, at, ends_at, extended, head)
            if answering is not None and decision.accepted:
                state, head = self.answer(lot_id, procedure, state, head, at, answering)
                if state.leader != each.registration_id:
                    receipt = replace(receipt, overtaken=True)
            decided[key] = receipt
            self.answers.append((each, receipt))
        if answering is not None:
            self.keep(answering, at)
        if state.last_seq != first_seq:
            self.move(lot_id, state, head)

    def answer(
        self,
        lot_id: UUID,
        procedure: Procedure,
        state: BiddingState,
        head: bytes,
        at: datetime,
        answering: Answering,
    ) -> tuple[BiddingState, bytes]:
        """Let the standing ceilings answer, and append their bids."""
        for bid in answering.answers(procedure, state, at):
            assert bid.by_ceiling is not None
            decision = decide(procedure, state, bid)
            state = decision.state
            key = f"{AUTOMATIC_KEY}{bid.by_ceiling}:{state.last_seq}"
            proof = answering.proof(procedure, bid)
            head = self.append(
                lot_id, bid, decision, head, received_at=at, key=key, ceiling=bid.by_ceiling, proof=proof
            )
            if decision.accepted:
                answering.note(bid.by_ceiling, state.last_seq)
        answering.settle(procedure, state)
        return state, head

    def append(
        self,
        lot_id: UUID,
        request: BidRequest,
        decision: Decision,
        head: bytes,
        *,
        received_at: datetime,
        key: str,
        ceiling: int | None,
        proof: bytes | None,
    ) -> bytes:
        """Append a bid by a ceiling, or a record about one; returns the new head."""
        shown = None if proof is None else proof.hex()
        seq, ends_at, extended = decision.state.last_seq, decision.ends_at, decision.extended
        bid = (request.code, request.priority_order, request.amount_fen, decision.outcome)
        times = (received_at, request.at, ends_at, extended)
        head = chain(head, record_bytes(lot_id, seq, *bid, *times, ceiling, shown))
        self.bids.append(
            CeilingBidRow(lot_id, seq, request.registration_id, *bid, *times, key, head.hex(), ceiling, shown)
        )
        return head

    def keep(self, answering: Answering, at: datetime) -> None:
        """Note what became of a lot's ceilings."""
        changed, left = answering.rows(at)
        self.ceilings += changed
        self.ceilings_left += left

    def move(self, lot_id: UUID, state: BiddingState, head: bytes) -> None:
        """Note where a lot stands now."""
        self.lots.append(
            LotRow(
                lot_id,
                state.ends_at,
                state.price_fen,
                state.leader,
                state.leader_code,
                state.leader_priority,
                state.last_seq,
                state.accepted_count,
                state.extension_count,
                head.hex(),
            )
        )

    def statements(self) -> list[tuple[str, tuple[str, str]]]:
        """What is to be written, each statement with its arguments."""
        written = []
        if self.bids:
            written.append((desk_sql.WRITE, (as_json(self.bids), as_json(self.lots))))
        if self.ceilings:
            written.append((desk_sql.WRITE_CEILINGS, (as_json(self.ceilings), as_json(self.ceilings_left))))
        return written

    def prove(self) -> None:
        """Give every receipt its proof: one signature for all of them."""
        leaves = [
            receipt_leaf(result.lot_id, result.seq, result.hash)
            for _, result in self.answers
            if isinstance(result, BidReceipt)
        ]
        proofs = iter(prove_receipts(self.key, leaves))
        self.answers = [
            (each, replace(result, proof=next(proofs)) if isinstance(result, BidReceipt) else result)
            for each, result in self.answers
        ]


def as_json(rows: Sequence[Struct]) -> str:
    """Rows for `json_to_recordset`."""
    return _encode(rows).decode()


def _earlier(known: Any) -> BidReceipt | None:
    """The receipt of the bid that this key was already used for."""
    if known["seq"] is None:
        return None
    return BidReceipt(
        UUID(int=known["asked_lot"].int),
        known["seq"],
        known["earlier_code"],
        known["amount_fen"],
        BidOutcome(known["outcome"]),
        known["received_at"],
        known["earlier_at"],
        known["earlier_ends_at"],
        known["extended"],
        known["hash"],
    )


def _repeat(earlier: BidReceipt, amount_fen: int) -> BidReceipt | Conflict:
    if earlier.amount_fen != amount_fen:
        return Conflict(msg("这次提交与之前一次编号相同但金额不同，请刷新页面后重新出价。"), rule="B-47")
    return replace(earlier, repeated=True)


def procedure_of_row(lot: Any) -> Procedure:
    """The procedure in a locked row."""
    return Procedure(
        lot["starting_price_fen"],
        lot["increment_fen"],
        lot["extension_window_s"],
        lot["extension_s"],
        lot["extension_from"],
        lot["may_outbid_self"],
        lot["is_sell_off"],
    )


def state_of_row(lot: Any) -> BiddingState:
    """Where a locked row says that bidding stands."""
    leader = lot["leader_registration_id"]
    return BiddingState(
        lot["starts_at"],
        lot["ends_at"],
        lot["phase"],
        lot["current_price_fen"],
        leader and UUID(int=leader.int),
        lot["leader_code"],
        lot["leader_priority"],
        lot["last_seq"],
        lot["accepted_count"],
        lot["extension_count"],
    )

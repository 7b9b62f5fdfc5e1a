"""What one transaction decides: for each lot the waiting bids in the order of arrival, folded by the law."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from auction.bidding.log import chain, record_bytes, sign_receipt
from auction.bidding.models import BidOutcome
from auction.bidding.receipts import BidReceipt
from auction.bidding.rules import BiddingState, BidRequest, Procedure, decide
from core.crypto import SigningKey
from core.errors import Conflict
from core.i18n import msg

NO_CODE = "-"


@dataclass(slots=True, eq=False)
class WaitingBid:
    """A bid in the queue of its lot. `received_at` is when the request reached this process (UTC)."""

    registration_id: UUID
    amount_fen: int
    idempotency_key: str
    received_at: datetime
    answer: asyncio.Future[BidReceipt]


@dataclass(slots=True)
class Batch:
    """Outcomes while the transaction is open: new rows of the log, new states of the lots, everybody's answer."""

    key: SigningKey
    bids: list[tuple[Any, ...]] = field(default_factory=list)
    lots: list[tuple[Any, ...]] = field(default_factory=list)
    answers: list[tuple[WaitingBid, BidReceipt | Exception]] = field(default_factory=list)

    def decide_lot(self, lot: Any, waiting: Sequence[WaitingBid], bidders: Sequence[Any]) -> None:
        """Fold the waiting bids of one locked lot. `bidders` has one row of KNOW_BIDDERS for each."""
        lot_id = UUID(int=lot["lot_id"].int)
        procedure, state = _procedure(lot), _state(lot)
        at: datetime = lot["decided_at"].astimezone(UTC)
        head: bytes = lot["head_hash"]
        first_seq = state.last_seq
        decided: dict[tuple[UUID, str], BidReceipt] = {}
        for each, known in zip(waiting, bidders, strict=True):
            key = (each.registration_id, each.idempotency_key)
            earlier = decided.get(key) or self._earlier(known)
            if earlier is not None:
                self.answers.append((each, _repeat(earlier, each.amount_fen)))
                continue
            code, order = known["code"] or NO_CODE, known["priority_order"]
            request = BidRequest(
                each.registration_id, code, each.amount_fen, at, order, bool(known["qualified"])
            )
            decision = decide(procedure, state, request)
            state, outcome, extended = decision.state, decision.outcome, decision.extended
            seq, ends_at = state.last_seq, state.ends_at
            record = record_bytes(
                lot_id, seq, code, order, each.amount_fen, outcome, each.received_at, at, ends_at, extended
            )
            head = chain(head, record)
            self.bids.append(
                (
                    lot_id,
                    seq,
                    each.registration_id,
                    code,
                    order,
                    each.amount_fen,
                    outcome.value,
                    each.received_at,
                    at,
                    ends_at,
                    extended,
                    each.idempotency_key,
                    head,
                )
            )
            receipt = BidReceipt(
                lot_id,
                seq,
                code,
                each.amount_fen,
                outcome,
                at,
                ends_at,
                extended,
                head,
                sign_receipt(self.key, lot_id, seq, head),
            )
            decided[key] = receipt
            self.answers.append((each, receipt))
        if state.last_seq != first_seq:
            self.lots.append(
                (
                    lot_id,
                    state.ends_at,
                    state.price_fen,
                    state.leader,
                    state.leader_code,
                    state.leader_priority,
                    state.last_seq,
                    state.accepted_count,
                    state.extension_count,
                    head,
                )
            )

    def columns(self) -> list[list[Any]]:
        """The arguments of WRITE_BATCH: the bids by column, then the lots by column."""
        return [list(column) for rows in (self.bids, self.lots) for column in zip(*rows, strict=True)]

    def _earlier(self, known: Any) -> BidReceipt | None:
        """The receipt of the bid that this key was already used for."""
        if known["seq"] is None:
            return None
        lot_id, seq, link = UUID(int=known["lot_id"].int), known["seq"], known["hash"]
        return BidReceipt(
            lot_id,
            seq,
            known["earlier_code"],
            known["amount_fen"],
            BidOutcome(known["outcome"]),
            known["decided_at"],
            known["ends_at"],
            known["extended"],
            link,
            sign_receipt(self.key, lot_id, seq, link),
        )


def _repeat(earlier: BidReceipt, amount_fen: int) -> BidReceipt | Conflict:
    if earlier.amount_fen != amount_fen:
        return Conflict(msg("这次提交与之前一次编号相同但金额不同，请刷新页面后重新出价。"), rule="B-47")
    return replace(earlier, repeated=True)


def _procedure(lot: Any) -> Procedure:
    return Procedure(
        lot["starting_price_fen"],
        lot["increment_fen"],
        lot["extension_window_s"],
        lot["extension_s"],
        lot["extension_from"],
        lot["may_outbid_self"],
        lot["is_sell_off"],
    )


def _state(lot: Any) -> BiddingState:
    return BiddingState(
        lot["starts_at"],
        lot["ends_at"],
        lot["phase"],
        lot["current_price_fen"],
        lot["leader_registration_id"],
        lot["leader_code"],
        lot["leader_priority"],
        lot["last_seq"],
        lot["accepted_count"],
        lot["extension_count"],
    )

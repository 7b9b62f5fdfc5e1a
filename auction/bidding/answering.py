"""The standing ceilings of one locked lot, opened for as long as its bids are decided (B-40, B-44)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from msgspec import Struct

from auction.bidding.ceiling_proof import prove
from auction.bidding.ceiling_rules import (
    StandingCeiling,
    answers,
    exhausted,
    steps_to,
    takes_bids,
)
from auction.bidding.ceiling_seal import CeilingSeal, SealedLimit
from auction.bidding.rules import BiddingState, BidRequest, Procedure

log = structlog.get_logger(__name__)


class CeilingRow(Struct):
    """A ceiling that took part for the first time, made a bid (`used_seq`, 0 for none), or ended, for WRITE_CEILINGS."""

    lot_id: UUID
    seq: int
    used_seq: int
    has_ended: bool
    at: datetime


class CeilingsLeft(Struct):
    """How many ceilings of a lot ended, for WRITE_CEILINGS."""

    lot_id: UUID
    ended: int


class Answering:
    """The ceilings of one lot in one transaction. Amounts leave it only as bids."""

    def __init__(self, lot_id: UUID, rows: Sequence[Mapping[str, Any]], seal: CeilingSeal) -> None:
        self._lot_id = lot_id
        self._limits: dict[int, SealedLimit] = {}
        self._unweighed: set[int] = set()
        self._used: dict[int, int] = {}
        self._ended: set[int] = set()
        self._have_bid = False
        self._standing: list[StandingCeiling] = []
        for row in rows:
            if row["in_force"]:
                self._open(row, seal)

    def _open(self, row: Mapping[str, Any], seal: CeilingSeal) -> None:
        seq, registration_id = row["seq"], UUID(int=row["registration_id"].int)
        try:
            limit = seal.open(row["limit_sealed"], self._lot_id, registration_id, seq)
        except InvalidTag:
            # Somebody touched the row. It takes no part; the self-check reports it, and everybody else's bids go on.
            log.error("bidding.ceiling_unreadable", lot_id=str(self._lot_id), seq=seq)
            self._unweighed.add(seq)
            return
        self.add(
            StandingCeiling(seq, registration_id, row["code"], limit.limit_fen, row["priority_order"]),
            limit,
            is_weighed=row["is_weighed"],
        )

    def add(self, ceiling: StandingCeiling, limit: SealedLimit, *, is_weighed: bool = False) -> None:
        """Let a ceiling take part from now on."""
        self._standing.append(ceiling)
        self._limits[ceiling.seq] = limit
        if not is_weighed:
            self._unweighed.add(ceiling.seq)

    def drop(self, seq: int) -> None:
        """Let a ceiling that was replaced or withdrawn take no part any more."""
        self._standing = [each for each in self._standing if each.seq != seq]
        self._unweighed.discard(seq)

    def answers(self, procedure: Procedure, state: BiddingState, at: datetime) -> list[BidRequest]:
        """What the ceilings bid now (`ceiling_rules.answers`)."""
        self._have_bid = self._have_bid or takes_bids(state, at)
        return answers(procedure, state, self._standing, at)

    def note(self, ceiling_seq: int, bid_seq: int) -> None:
        """A ceiling's bid was accepted with this number."""
        self._used[ceiling_seq] = bid_seq

    def standing_of(self, registration_id: UUID) -> StandingCeiling | None:
        """A bidder's own ceiling, if it takes part."""
        return next((each for each in self._standing if each.registration_id == registration_id), None)

    def proof(self, procedure: Procedure, bid: BidRequest) -> bytes:
        """The link that proves the bid within its ceiling."""
        assert bid.by_ceiling is not None
        limit = self._limits[bid.by_ceiling]
        limit_steps, bid_steps = steps_to(procedure, limit.limit_fen), steps_to(procedure, bid.amount_fen)
        assert limit_steps is not None
        assert bid_steps is not None
        return prove(limit.secret, limit_steps, bid_steps)

    def settle(self, procedure: Procedure, state: BiddingState) -> None:
        """Part with the ceilings that can never lead again."""
        if state.price_fen is None:
            return
        gone = {each.seq for each in exhausted(procedure, state, self._standing)}
        if gone:
            self._ended |= gone
            self._standing = [each for each in self._standing if each.seq not in gone]

    def rows(self, at: datetime) -> tuple[list[CeilingRow], list[CeilingsLeft]]:
        """What changed since the last time, for WRITE_CEILINGS."""
        touched = self._ended | self._used.keys() | (self._unweighed if self._have_bid else set())
        changed = [
            CeilingRow(self._lot_id, seq, self._used.get(seq, 0), seq in self._ended, at)
            for seq in sorted(touched)
        ]
        left = [CeilingsLeft(self._lot_id, len(self._ended))] if self._ended else []
        if self._have_bid:
            self._unweighed.clear()
        self._used.clear()
        self._ended.clear()
        return changed, left


def answering_of(
    rows: Sequence[Mapping[str, Any]], lot_ids: Sequence[UUID], seal: CeilingSeal
) -> dict[UUID, Answering]:
    """The ceilings of each of these lots, from the rows of KNOW_CEILINGS."""
    return {
        lot_id: Answering(lot_id, [row for row in rows if row["lot_id"] == lot_id], seal)
        for lot_id in lot_ids
    }

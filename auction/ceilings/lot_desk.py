"""A lot's contested row and its ceilings, held by a use case outside the sequencer: the row's lock orders both (B-47)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import text

from auction.bidding import desk_sql
from auction.bidding.answering import Answering
from auction.bidding.batch import NO_CODE, Batch, BidderQuestion, as_json, procedure_of_row, state_of_row
from auction.bidding.ceiling_seal import CeilingSeal
from auction.bidding.log import RECEIPT_PURPOSE
from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, Decision, Procedure
from core.crypto import SigningKey
from core.database import Work
from core.settings import get_settings


@cache
def ceiling_seal() -> CeilingSeal:
    """The seal of this installation."""
    return CeilingSeal(get_settings().encryption_key())


@cache
def receipt_key() -> SigningKey:
    """The key that signs receipts and logs."""
    return SigningKey(get_settings().encryption_key(), RECEIPT_PURPOSE)


@dataclass(slots=True)
class LotDesk:
    """One locked lot, decided by the same fold as bids. `at` is the court's time inside the lock."""

    lot_id: UUID
    at: datetime
    procedure: Procedure
    state: BiddingState
    head: bytes
    key: SigningKey
    batch: Batch
    answering: Answering

    @classmethod
    async def lock(
        cls,
        work: Work,
        lot_id: UUID,
        *,
        wait: bool = True,
        at: datetime | None = None,
        key: SigningKey | None = None,
    ) -> Self | None:
        """The lot, locked with its ceilings opened; None when it takes no bids at all, or somebody else holds it and we do not
        `wait`. `at`: an instant since which this transaction has held it, in place of now. `key` signs, in place of the one
        of real sales."""
        question = as_json([BidderQuestion(lot_id, leads=True)])
        found = await _fetch(work, desk_sql.TAKE, ([lot_id], question, wait))
        if not found:
            return None
        (row,) = found
        ceilings = await _fetch(work, desk_sql.KNOW_CEILINGS, ([lot_id],))
        key = key or receipt_key()
        return cls(
            lot_id,
            (at or row["decided_at"]).astimezone(UTC),
            procedure_of_row(row),
            state_of_row(row),
            bytes(row["head_hash"]),
            key,
            Batch(key),
            Answering(lot_id, ceilings, ceiling_seal()),
        )

    def answer(self) -> None:
        """Let the ceilings bid that can."""
        self.state, self.head = self.batch.answer(
            self.lot_id, self.procedure, self.state, self.head, self.at, self.answering
        )

    def act(
        self,
        outcome: BidOutcome,
        registration_id: UUID,
        *,
        key: str,
        received_at: datetime,
        ceiling: int | None,
        commitment: bytes | None,
    ) -> int:
        """Append a record about a ceiling, which names nobody; returns its number."""
        decision = Decision(replace(self.state, last_seq=self.state.last_seq + 1), outcome)
        self.head = self.batch.append(
            self.lot_id,
            BidRequest(registration_id, NO_CODE, 0, self.at),
            decision,
            self.head,
            received_at=received_at,
            key=key,
            ceiling=ceiling,
            proof=commitment,
        )
        self.state = decision.state
        return self.state.last_seq

    async def write_bids(self, work: Work) -> None:
        """Append what was decided and move the lot."""
        if not self.batch.bids:
            return
        self.batch.move(self.lot_id, self.state, self.head)
        for statement, rows in self.batch.statements():
            await _run(work, statement, rows)
        await work.session.execute(
            text("SELECT pg_notify('lot_live', CAST(:lot AS text))"), {"lot": str(self.lot_id)}
        )

    async def write_ceilings(self, work: Work) -> None:
        """Note what became of the ceilings."""
        changed, left = self.answering.rows(self.at)
        if changed:
            await _run(work, desk_sql.WRITE_CEILINGS, (as_json(changed), as_json(left)))


async def _fetch(work: Work, sql: str, arguments: tuple[Any, ...]) -> Sequence[Mapping[str, Any]]:
    connection = await work.session.connection()
    return [dict(row) for row in (await connection.exec_driver_sql(sql, arguments)).mappings()]


async def _run(work: Work, sql: str, arguments: tuple[Any, ...]) -> None:
    connection = await work.session.connection()
    await connection.exec_driver_sql(sql, arguments)

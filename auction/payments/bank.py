"""How orders reach the bank and the platform. Adapters; the one that is always there accepts everything, as in the demo."""

import asyncio
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog

from auction.payments.models import MoneyChannel, PaymentOrder

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One order. `id` is the end-to-end reference; money goes back to where the line `source_reference` came from."""

    id: UUID
    channel: MoneyChannel
    kind: str
    court_code: str
    amount_fen: int
    source_reference: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says: its own reference of an accepted order, or why it refuses."""

    accepted: bool
    text: str


class Bank(Protocol):
    """Executes an order. The same id twice must pay once: a worker may die between the bank's answer and its own commit."""

    def execute(self, order: Instruction) -> Answer:
        """Answer the order; an exception counts as a refusal."""
        ...


class AcceptingBank:
    """Takes every order at once: the demo's bank, and the stand-in until an adapter of the court's bank is configured."""

    def execute(self, order: Instruction) -> Answer:
        """Accepted."""
        return Answer(True, f"OK-{order.id.hex[-12:]}")


BANKS: dict[MoneyChannel, Bank] = {}
"""Adapters of this installation by channel; a channel without one takes the accepting bank."""

_ACCEPTING = AcceptingBank()


async def ask_bank(order: PaymentOrder, source_reference: str | None) -> Answer:
    """Have the order executed. Never raises: what the adapter raises is a refusal like any other."""
    instruction = Instruction(
        order.id,
        MoneyChannel(order.channel),
        order.kind,
        order.court_code,
        order.amount_fen,
        source_reference,
    )
    bank = BANKS.get(instruction.channel, _ACCEPTING)
    try:
        return await asyncio.to_thread(bank.execute, instruction)
    except Exception as error:  # noqa: BLE001 -- whatever a bank's client raises is a failed attempt
        log.warning("payment.bank_failed", order=str(order.id), error=type(error).__name__)
        return Answer(False, type(error).__name__)

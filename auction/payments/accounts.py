"""The accounts of the ledger that payments touch."""

from uuid import UUID

from auction.payments.models import MoneyChannel
from auction.registration.models import Registration
from core.ledger import AccountKind, AccountRef


def bank_account(court_code: str) -> AccountRef:
    """The court's money at the bank."""
    return AccountRef(AccountKind.BANK, court_code)


def money_account(channel: str, court_code: str) -> AccountRef:
    """Where money of a channel is: at the court's bank, or frozen on the platform."""
    if channel == MoneyChannel.PLATFORM:
        return AccountRef(AccountKind.PLATFORM_FROZEN, court_code)
    return bank_account(court_code)


def deposit_account(registration: Registration) -> AccountRef:
    """The deposit of one registration."""
    return AccountRef(AccountKind.DEPOSIT_HELD, str(registration.id), lot_id=registration.lot_id)


def price_account(lot_id: UUID, case_id: UUID) -> AccountRef:
    """The price of a sold lot on its case's account (一案一账号)."""
    return AccountRef(AccountKind.PRICE_BALANCE, str(lot_id), lot_id=lot_id, case_id=case_id)


def forfeited_account(lot_id: UUID, case_id: UUID) -> AccountRef:
    """The deposit of a buyer who defaulted, held until the re-auction shows what it must make good (B-34)."""
    return AccountRef(AccountKind.DEPOSIT_FORFEITED, str(lot_id), lot_id=lot_id, case_id=case_id)


def unclaimed_account(owner_id: UUID, lot_id: UUID | None = None) -> AccountRef:
    """Money of a bank line (or of a prepayment) that nobody awaits, until it has gone back."""
    return AccountRef(AccountKind.UNCLAIMED, str(owner_id), lot_id=lot_id)


def reversal_account(court_code: str) -> AccountRef:
    """What the bank took back of a court's money after it had been paid out or spent: to be recovered."""
    return AccountRef(AccountKind.REVERSAL_RECEIVABLE, court_code)

"""The accounts of the ledger that a distribution touches (M-11), and where somebody is paid, sealed."""

from dataclasses import dataclass
from uuid import UUID

import msgspec

from auction.payments.accounts import price_account
from auction.proceeds.models import Proceeds, ProceedsCost, ProceedsSource
from auction.proceeds.plan.divide import CostKind
from auction.self_sale.accounts import self_sale_account
from core.crypto import FieldCipher
from core.ledger import AccountKind, AccountRef
from core.settings import get_settings

_COSTS = {
    CostKind.TAX: AccountKind.TAX_PAYABLE,
    CostKind.COST: AccountKind.COST_PAYABLE,
    CostKind.FEE: AccountKind.FEE_PAYABLE,
    CostKind.RENT: AccountKind.COST_PAYABLE,
}


def source_account(proceeds: Proceeds) -> AccountRef:
    """Where the money stands when it has arrived."""
    if proceeds.source == ProceedsSource.SELF_SALE:
        return self_sale_account(proceeds.source_id, proceeds.case_id)
    assert proceeds.lot_id is not None
    return price_account(proceeds.lot_id, proceeds.case_id)


def _own(kind: AccountKind, owner: object, proceeds: Proceeds) -> AccountRef:
    return AccountRef(kind, str(owner), lot_id=proceeds.lot_id, case_id=proceeds.case_id)


def cost_account(proceeds: Proceeds, cost: ProceedsCost) -> AccountRef:
    """What is owed for one cost."""
    return _own(_COSTS[CostKind(cost.kind)], cost.id, proceeds)


def creditor_account(proceeds: Proceeds, claim_id: UUID | str) -> AccountRef:
    """What is owed to one creditor of the distribution."""
    return _own(AccountKind.CREDITOR_PAYABLE, claim_id, proceeds)


def reserve_account(proceeds: Proceeds, claim_id: UUID | str) -> AccountRef:
    """What is reserved for an unconfirmed claim (D-11)."""
    return _own(AccountKind.RESERVED_FIRST_SEAL, claim_id, proceeds)


def escrow_account(proceeds: Proceeds) -> AccountRef:
    """What is contested (M-07)."""
    return _own(AccountKind.ESCROW_DISPUTED, proceeds.id, proceeds)


def surplus_account(proceeds: Proceeds) -> AccountRef:
    """What goes back to the debtor (M-08)."""
    return _own(AccountKind.DEBTOR_SURPLUS, proceeds.id, proceeds)


def owed_account(proceeds: Proceeds, kind: str, subject: str) -> AccountRef:
    """Where a payment of this kind (a cost's, or `creditor`, `surplus`) is owed."""
    if kind == "creditor":
        return creditor_account(proceeds, subject)
    if kind == "surplus":
        return surplus_account(proceeds)
    return _own(_COSTS[CostKind(kind)], subject, proceeds)


def deposited_account(proceeds: Proceeds, payout_id: UUID) -> AccountRef:
    """What is kept for a payee who cannot be paid (§11.5 UNCLAIMED)."""
    return _own(AccountKind.UNCLAIMED, f"payout:{payout_id}", proceeds)


@dataclass(frozen=True, slots=True)
class PayeeAccount:
    """Where somebody is paid."""

    holder: str
    bank: str
    number: str

    @property
    def hint(self) -> str:
        """What everybody who works on it may see: the bank and the last four digits."""
        return f"{self.bank[:60]} 尾号{self.number[-4:]}"


def seal_account(account: PayeeAccount, owner_id: UUID) -> bytes:
    """The account, sealed for one claim or payment."""
    text = msgspec.json.encode(account).decode()
    return _cipher().encrypt(text, bound_to=str(owner_id))


def open_account_of(sealed: bytes, owner_id: UUID) -> PayeeAccount:
    """The account in clear, for who pays."""
    return msgspec.json.decode(_cipher().decrypt(sealed, bound_to=str(owner_id)), type=PayeeAccount)


def _cipher() -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), "payee-account")

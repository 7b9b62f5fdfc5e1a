"""The account of the ledger on which the price of an own sale stands."""

from uuid import UUID

from core.ledger import AccountKind, AccountRef


def self_sale_account(sale_id: UUID, case_id: UUID) -> AccountRef:
    """The price of one own sale on its case's account (一案一账号)."""
    return AccountRef(AccountKind.PRICE_BALANCE, str(sale_id), case_id=case_id)

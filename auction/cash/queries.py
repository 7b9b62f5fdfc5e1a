"""Read what cash was taken: of a case, of a court; whether the bank has shown it (P-03)."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from auction.cash.models import CashState, CashTaking
from auction.cash.rules import OFFICERS, RULE
from auction.in_kind.models import InKindOffer, OfferState
from auction.listing.models import Lot
from auction.payments.models import BankLine
from auction.self_sale.models import SelfSale, SelfSaleState
from auction.settlement.models import Settlement, SettlementState
from core.audit import record
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.courts.queries import staff_of


async def taking_for_update(work: Work, taking_id: UUID) -> CashTaking:
    """A taking, locked, for use cases that check permission themselves. Raises `NotFound`."""
    found = await work.session.get(CashTaking, taking_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(msg("没有找到该笔现金。"), rule="P-03")
    return found


async def cash_of_case(work: Work, case_id: UUID) -> list[CashTaking]:
    """What was taken in a case, newest first; the caller has opened the case."""
    rows = await work.session.exec(
        select(CashTaking).where(CashTaking.case_id == case_id).order_by(col(CashTaking.taken_at).desc())
    )
    return list(rows)


async def cash_of_court(work: Work, court_code: str, *, limit: int = 200) -> list[tuple[CashTaking, str]]:
    """What a court's officers took, with the case's number: what is still out first, the oldest leading."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(CashTaking, EnforcementCase.case_no)
        .join(EnforcementCase, col(EnforcementCase.id) == col(CashTaking.case_id))
        .where(CashTaking.court_code == court_code)
        .order_by(col(CashTaking.state) == CashState.HANDED_IN, col(CashTaking.taken_at))
        .limit(limit)
    )
    return list(rows)


async def shown_by_bank(work: Work, takings: list[CashTaking]) -> set[UUID]:
    """Which of them stand on a statement: the account, the amount, and not before they were handed in."""
    accounts = {each.pay_into for each in takings if each.pay_into}
    lines = list(
        await work.session.exec(select(BankLine).where(col(BankLine.virtual_account_no).in_(accounts)))
    )
    return {
        each.id
        for each in takings
        if each.handed_in_at is not None
        and any(
            line.virtual_account_no == each.pay_into
            and line.amount_fen == each.amount_fen
            and line.booked_at >= each.taken_at
            for line in lines
        )
    }


async def accounts_to_pay(work: Work, case_id: UUID) -> dict[str, str]:
    """The virtual accounts of the case that a buyer or taker may pay in cash by exception, with what is sold. A deposit never:
    it is paid by the bidder's own bank account (B-30), and nobody learns who bids (P-01)."""
    balances = await work.session.exec(
        select(Settlement.virtual_account_no, Lot.title)
        .join(Lot, col(Lot.id) == col(Settlement.lot_id))
        .where(Lot.case_id == case_id, Settlement.state == SettlementState.AWAIT_BALANCE)
    )
    offers = await work.session.exec(
        select(InKindOffer.virtual_account_no, Asset.title)
        .join(Asset, col(Asset.id) == col(InKindOffer.asset_id))
        .where(InKindOffer.case_id == case_id, InKindOffer.state == OfferState.AWAIT_DIFFERENCE)
    )
    own = await work.session.exec(
        select(SelfSale.virtual_account_no, Asset.title)
        .join(Asset, col(Asset.id) == col(SelfSale.asset_id))
        .where(SelfSale.case_id == case_id, SelfSale.state == SelfSaleState.ALLOWED)
    )
    return {account: title for account, title in (*balances, *offers, *own) if account}


async def colleagues(work: Work, court_code: str) -> list[tuple[UUID, str]]:
    """Who may have been there as the second officer, without the reader."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    found = await staff_of(work, court_code, *OFFICERS)
    return [(each.id, each.display_name) for each in found if each.id != work.actor.account_id]


async def note_cash(work: Work, taking: CashTaking, event: str, **details: Any) -> None:
    """Write what happened to the cash into its own chain, readable from the case."""
    await record(
        work, event, stream=f"cash:{taking.id}", rule=RULE, case_id=taking.case_id, document_id=taking.receipt_id,
        number=taking.number, **details,
    )  # fmt: skip

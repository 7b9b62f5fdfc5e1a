"""What stands open in a case on both floors, and what it brought in."""

from dataclasses import dataclass

from sqlalchemy import exists, text
from sqlmodel import col, or_, select

from auction.compromise.models import Compromise, CompromiseState
from auction.in_kind.models import HOLDING, InKindOffer, OfferState
from auction.listing.models import LIVE_STATES, Lot
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds
from auction.proceeds.payout.models import Payout, PayoutKind, PayoutState
from auction.self_sale.models import SelfSale, SelfSaleState
from auction.settlement.models import Settlement, SettlementState
from core.database import Work
from core.ledger.models import ASSET_KINDS
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase, Party
from disposal_teams.conclusions.facts import CaseFacts, applied_fen, case_facts
from disposal_teams.conclusions.rules import Amounts, OpenMatters

UNDONE = frozenset({SettlementState.DEFAULTED, SettlementState.REVOKED})
SALE_OVER = UNDONE | {SettlementState.DELIVERED}
OWN_SALE_OPEN = frozenset({SelfSaleState.FILED, SelfSaleState.ALLOWED, SelfSaleState.PAID})
COMPROMISE_OPEN = frozenset({CompromiseState.FILED, CompromiseState.IN_FORCE, CompromiseState.LATE})


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the list is written from."""

    facts: CaseFacts
    open: OpenMatters
    applied_fen: int
    sales_fen: int

    def amounts(self, other_fen: int) -> Amounts:
        """With what came otherwise, in fen."""
        return Amounts(self.applied_fen, self.sales_fen, other_fen)


async def standing_of(work: Work, case: EnforcementCase) -> Standing:
    """Read for a decision or its page; the caller has checked who asks."""
    facts = await case_facts(work, case)
    open_ = OpenMatters(
        lots=await _lots(work, case),
        sales=await _sales(work, case),
        offers=await _offers(work, case),
        compromises=await _compromises(work, case),
        money_fen=await _money(work, case),
        instructions=facts.instructions,
        transfers=facts.transfers,
        objections=facts.objections,
        assets=facts.assets,
        seals=facts.seals,
        waiting=tuple(each.facts for each in facts.waited),
    )
    return Standing(facts, open_, await applied_fen(work, case), await brought_in(work, case))


async def brought_in(work: Work, case: EnforcementCase) -> int:
    """In fen, what sales brought the case: payments to its creditors from any distribution, also of another court's (T-05); what
    a taker in kind was credited; and prices of sales and own sales whose money has no distribution yet."""
    paid = await work.session.exec(
        select(Payout.amount_fen, Payout.recovered_fen)
        .join(DistributionClaim, col(DistributionClaim.id) == col(Payout.claim_id))
        .outerjoin(Party, col(Party.id) == col(DistributionClaim.party_id))
        .where(
            Payout.kind == PayoutKind.CREDITOR,
            col(Payout.state).in_([PayoutState.PAID, PayoutState.DEPOSITED]),
            or_(DistributionClaim.case_no == case.case_no, Party.case_id == case.id),
        )
    )
    credited = await work.session.exec(
        select(InKindOffer.price_fen, InKindOffer.difference_paid_fen).where(
            InKindOffer.case_id == case.id, InKindOffer.state == OfferState.SERVED
        )
    )
    sales = await work.session.exec(
        select(Settlement.price_fen)
        .join(Lot, col(Lot.id) == col(Settlement.lot_id))
        .where(
            Lot.case_id == case.id,
            col(Settlement.paid_full_at).is_not(None),
            col(Settlement.state).not_in([str(state) for state in UNDONE]),
            ~exists().where(col(Proceeds.source_id) == col(Settlement.lot_id)),
        )
    )
    own = await work.session.exec(
        select(SelfSale.paid_fen).where(
            SelfSale.case_id == case.id,
            SelfSale.state == SelfSaleState.RELEASED,
            ~exists().where(col(Proceeds.source_id) == col(SelfSale.id)),
        )
    )
    return (
        sum(amount - back for amount, back in paid)
        + sum(price - difference for price, difference in credited)
        + sum(sales)
        + sum(own)
    )


async def _lots(work: Work, case: EnforcementCase) -> tuple[str, ...]:
    rows = await work.session.exec(
        select(Lot.lot_no)
        .where(
            Lot.case_id == case.id,
            col(Lot.state).in_([str(state) for state in LIVE_STATES]),
            col(Lot.is_practice).is_(False),
        )
        .order_by(Lot.lot_no)
    )
    return tuple(rows)


async def _sales(work: Work, case: EnforcementCase) -> tuple[str, ...]:
    rows = await work.session.exec(
        select(Lot.lot_no)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(Lot.case_id == case.id, col(Settlement.state).not_in([str(state) for state in SALE_OVER]))
        .order_by(Lot.lot_no)
    )
    return tuple(rows)


async def _offers(work: Work, case: EnforcementCase) -> tuple[str, ...]:
    offers = await work.session.exec(
        select(Asset.asset_no)
        .join(InKindOffer, col(InKindOffer.asset_id) == col(Asset.id))
        .where(InKindOffer.case_id == case.id, col(InKindOffer.state).in_([str(state) for state in HOLDING]))
    )
    own = await work.session.exec(
        select(Asset.asset_no)
        .join(SelfSale, col(SelfSale.asset_id) == col(Asset.id))
        .where(SelfSale.case_id == case.id, col(SelfSale.state).in_([str(state) for state in OWN_SALE_OPEN]))
    )
    return tuple(sorted({*offers, *own}))


async def _compromises(work: Work, case: EnforcementCase) -> tuple[str, ...]:
    rows = await work.session.exec(
        select(Asset.asset_no)
        .join(Compromise, col(Compromise.asset_id) == col(Asset.id))
        .where(
            Compromise.case_id == case.id,
            col(Compromise.state).in_([str(state) for state in COMPROMISE_OPEN]),
        )
        .order_by(Asset.asset_no)
    )
    return tuple(rows)


async def _money(work: Work, case: EnforcementCase) -> int:
    """What the books of the case and of its lots say is somebody's and has not left yet (M-04)."""
    rows = await work.session.execute(
        text(
            """
            SELECT coalesce(-sum(posting.amount_fen), 0)
              FROM ledger_account AS account JOIN ledger_posting AS posting ON posting.account_id = account.id
             WHERE account.kind <> ALL(:assets)
               AND (account.case_id = :case_id OR account.lot_id IN (SELECT id FROM lot WHERE case_id = :case_id))
            """
        ),
        {"case_id": case.id, "assets": [str(kind) for kind in ASSET_KINDS]},
    )
    return int(rows.scalar_one())

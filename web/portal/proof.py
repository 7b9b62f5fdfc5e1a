"""A buyer's proof of the qualification to buy: what binds, what has been handed in, handing in another (B-17)."""

from auction.purchase_limits.models import PurchaseProof
from auction.purchase_limits.proofs import Certificate, limit_of_lot, proofs_of
from auction.registration.models import Registration
from auction.settlement.models import SettlementState
from auction.settlement.queries import Sale
from core.database import Work
from core.deadlines.rules import day_in_court
from core.legal_settings import PurchaseLimit

_BEFORE_RULING = {SettlementState.AWAIT_BALANCE, SettlementState.PAID_FULL}


async def qualification_of(
    work: Work, sale: Sale
) -> tuple[PurchaseLimit | None, list[tuple[PurchaseProof, Certificate | None]]]:
    """The limit that binds the buyer until the ruling, and what is kept on the qualification."""
    if sale.settlement.state not in _BEFORE_RULING:
        return None, []
    entry = await work.session.get_one(Registration, sale.settlement.registration_id)
    limit = await limit_of_lot(work, sale.lot, on=day_in_court(entry.created_at)) or await limit_of_lot(
        work, sale.lot
    )
    return limit, await proofs_of(work, entry.id) if limit else []

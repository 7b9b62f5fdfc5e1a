"""A payment that is owed is written down once, by its key; from then on it waits for its sheet (M-04)."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from auction.proceeds.accounts import open_account_of, seal_account
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds
from auction.proceeds.payout.models import Payout, PayoutKind, PayoutState
from core.database import Work
from core.ids import new_id


async def order_payout(
    work: Work,
    proceeds: Proceeds,
    *,
    key: str,
    kind: PayoutKind,
    subject: str,
    payee: str,
    amount_fen: int,
    claim: DistributionClaim | None = None,
    account_id: UUID | None = None,
) -> bool:
    """Write a payment down; the same key again is a no-op. A creditor's own account is taken over. Whether it is new."""
    payout_id = new_id()
    sealed = None
    if claim is not None and claim.payee_sealed is not None:
        sealed = seal_account(open_account_of(claim.payee_sealed, claim.id), payout_id)
    inserted = await work.session.execute(
        insert(Payout)
        .values(
            id=payout_id,
            key=key,
            proceeds_id=proceeds.id,
            court_code=proceeds.court_code,
            kind=kind,
            subject=subject,
            claim_id=claim.id if claim else None,
            account_id=claim.account_id if claim else account_id,
            payee=payee,
            payee_sealed=sealed,
            payee_hint=claim.payee_hint if claim else "",
            amount_fen=amount_fen,
            state=PayoutState.READY,
            attempts=0,
            problem="",
            bank_answer="",
            created_at=work.now,
            deposited_because="",
            recovered_fen=0,
        )
        .on_conflict_do_nothing(constraint="payout_key")
        .returning(col(Payout.id))
    )
    return inserted.first() is not None

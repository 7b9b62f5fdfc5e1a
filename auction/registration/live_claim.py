"""The applicant's difference follows the claim as long as the entry waits (B-31, §11.4: computed from the live claim)."""

from sqlmodel import col, select

from auction.listing.models import Lot, LotBidding, Round
from auction.registration import rules
from auction.registration.identity import open_seal
from auction.registration.models import DepositState, DepositWay, Registration, RegistrationState
from auction.registration.progress import deposit_due, reconsider
from auction.registration.tell import tell_bidder
from core.database import Work
from core.i18n import msg
from core.money import yuan
from core.notices import Topic
from disposal_teams.cases.queries import claim_of

S = RegistrationState
_WAITING = (S.APPLIED, S.AGENT_CHECK, S.PRIORITY_CLAIMED, S.DEPOSIT_PENDING)
BATCH = 200


async def follow_live_claims(work: Work) -> int:
    """Bring what waiting applicants must pay to what their claims leave of it now. Returns how many changed.

    The audit chain tells nothing of it: an event after a change of the claim would say that its holder takes part (P-01).
    """
    rows = await work.session.exec(
        select(Registration, Lot)
        .join(Lot, col(Lot.id) == col(Registration.lot_id))
        .join(LotBidding, col(LotBidding.lot_id) == col(Registration.lot_id))
        .where(
            col(Registration.is_applicant),
            col(Registration.state).in_(_WAITING),
            col(Lot.state).in_(rules.REGISTRABLE),
            LotBidding.phase != "closed",
        )
        .limit(BATCH)
        .with_for_update(of=Registration, skip_locked=True)
    )
    count = 0
    for registration, lot in rows.all():
        claim = await claim_of(work, lot.case_id, open_seal(registration).number)
        due = deposit_due(registration, lot, claim)
        if due == registration.deposit_due_fen:
            continue
        await _change_due(work, registration, lot, due)
        count += 1
    return count


async def _change_due(work: Work, registration: Registration, lot: Lot, due_fen: int) -> None:
    registration.deposit_due_fen = due_fen
    missing = max(0, due_fen - registration.deposit_paid_fen)
    registration.deposit_state = _state(registration, lot, missing)
    await work.session.flush()
    await tell_bidder(
        work,
        registration,
        key=f"claim:{registration.id}:{registration.withdrawals}:{due_fen}:{registration.deposit_paid_fen}",
        title=msg("应交保证金已更新"),
        body=msg(
            "按您目前的债权额计算，保证金差额为 {due} 元，尚需支付 {missing} 元。",
            due=yuan(due_fen),
            missing=yuan(missing),
        ),
        topic=Topic.MONEY,
    )
    await reconsider(work, registration)


def _state(registration: Registration, lot: Lot, missing_fen: int) -> DepositState:
    """What the deposit is after the change (§11.4)."""
    if missing_fen:
        return DepositState.PARTIAL if registration.deposit_paid_fen else DepositState.PENDING
    if registration.deposit_paid_fen == 0:
        return DepositState.WAIVED
    if lot.round == Round.SELL_OFF:
        return DepositState.PREPAID_FULL
    return DepositState.FROZEN if registration.deposit_way == DepositWay.FREEZE else DepositState.RECEIVED

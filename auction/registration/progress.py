"""How far an entry is: whenever a paper, a claim or money changes, the state is found anew (§11.4)."""

import secrets

from sqlmodel import col, select

from auction.barred.check import bars_on, hit_match, note_hits
from auction.barred.models import HitStage
from auction.barred.rules import refusal
from auction.listing.models import Lot, Round
from auction.payments.refunds import refund_entry
from auction.registration import rules
from auction.registration.identity import code_binding, numbers_behind
from auction.registration.models import Registration, RegistrationState
from auction.registration.tell import tell_bidder, work_as_nobody
from core.audit import record
from core.database import Work
from core.i18n import Message, msg
from core.notices import Topic

_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


async def reconsider(work: Work, registration: Registration) -> None:
    """Bring a locked entry to the state that its facts give. Repeating changes nothing.

    Who becomes qualified is looked up on the lists of the barred once more (B-82) and gets a code (B-32).
    """
    before = RegistrationState(registration.state)
    after = rules.state_of(
        before,
        rules.EntryFacts(
            agent_unconfirmed=registration.agent_sealed is not None
            and registration.agent_confirmed_at is None,
            claim_open=registration.priority_claimed,
            has_code=registration.code is not None,
            missing_fen=max(0, registration.deposit_due_fen - registration.deposit_paid_fen),
        ),
    )
    if after == before:
        return
    if after == RegistrationState.QUALIFIED:
        await _qualify(work, registration)
        return
    registration.state = after
    await work.session.flush()
    if before == RegistrationState.QUALIFIED:
        await _note(work, registration, "registration.disqualified", "B-30")
        await tell_bidder(
            work,
            registration,
            key=f"disqualified:{registration.id}:{registration.deposit_paid_fen}",
            title=msg("竞买资格中止"),
            body=msg("您的保证金不足，补足之前不能出价。请尽快补足。"),
            topic=Topic.MONEY,
        )


async def _qualify(work: Work, registration: Registration) -> None:
    lot = await work.session.get_one(Lot, registration.lot_id)
    numbers = numbers_behind(registration)
    kinds = await bars_on(work, lot, numbers)
    if kinds:
        await note_hits(work, lot, kinds, hit_match(numbers), stage=HitStage.QUALIFICATION)
        await reject(work, registration, *refusal(kinds[0]))
        return
    if registration.code is None:
        registration.code = await _new_code(work, registration)
    registration.state = RegistrationState.QUALIFIED
    registration.qualified_at = registration.qualified_at or work.now
    await work.session.flush()
    # Without the code: a priority purchaser's would tell the court that this known person takes part (P-01). Its keyed hash
    # tells nobody anything, yet proves later that codes were not exchanged.
    await record(
        work_as_nobody(work), "registration.qualified", stream=f"lot:{registration.lot_id}", rule="B-32",
        lot_id=registration.lot_id, registration=str(registration.id),
        binding=code_binding(registration.id, registration.code),
    )  # fmt: skip
    await tell_bidder(
        work,
        registration,
        key=f"qualified:{registration.id}:{registration.withdrawals}",
        title=msg("已取得竞买资格"),
        body=msg("您的竞买代码为 {code}，可在竞价时间内出价。", code=registration.code),
        topic=Topic.ENTRY,
    )


async def _new_code(work: Work, registration: Registration) -> str:
    taken = await work.session.exec(
        select(Registration.code).where(
            Registration.lot_id == registration.lot_id, col(Registration.code).is_not(None)
        )
    )
    return rules.free_code(
        secrets.choice(_CODE_LETTERS),
        secrets.randbelow(10_000),
        {code for code in taken if code},
        priority_order=registration.priority_order,
    )


async def set_priority(
    work: Work, registration: Registration, order: int | None, *, claim_open: bool, has_begun: bool
) -> None:
    """Let a locked entry carry the panel's decision on its priority (B-25, B-44).

    Before bidding the code becomes one of that order; once bidding has begun a code in use stays, and only the order changes.
    """
    changed = registration.priority_order != order
    registration.priority_claimed = claim_open
    registration.priority_order = order
    if changed and registration.code is not None and not has_begun:
        registration.code = await _new_code(work, registration)
        await work.session.flush()
    await reconsider(work, registration)


async def reject(work: Work, registration: Registration, rule: str, reason: Message) -> None:
    """The entry takes no part; what was paid goes back (§11.4). The reason is told to the person only.

    Only lists and unconfirmed agents come here, before anybody is qualified: no desk rejects who is (P-02).
    """
    if registration.state in rules.LEFT:
        return
    registration.state = RegistrationState.REJECTED
    registration.rejected_reason = str(reason)[:200]
    await work.session.flush()
    await _note(work, registration, "registration.rejected", rule)
    await tell_bidder(
        work,
        registration,
        key=f"rejected:{registration.id}:{registration.withdrawals}",
        title=msg("报名未通过"),
        body=msg("{reason}已支付的保证金将在 24 小时内原路退还。", reason=reason)
        if registration.deposit_paid_fen
        else reason,
        topic=Topic.ENTRY,
    )
    await refund_entry(work, registration)


async def _note(work: Work, registration: Registration, event: str, rule: str) -> None:
    await record(
        work_as_nobody(work), event, stream=f"lot:{registration.lot_id}", rule=rule, lot_id=registration.lot_id,
        registration=str(registration.id),
    )  # fmt: skip


def deposit_due(registration: Registration, lot: Lot, claim_fen: int) -> int:
    """What the entry must pay, in fen (B-30, B-31, X-05)."""
    return rules.deposit_due_fen(
        deposit_fen=lot.deposit_fen,
        starting_price_fen=lot.starting_price_fen,
        round_=Round(lot.round),
        is_applicant=registration.is_applicant,
        claim_fen=claim_fen,
    )

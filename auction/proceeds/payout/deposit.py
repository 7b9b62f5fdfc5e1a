"""Money of a payee who cannot be paid is deposited (提存) and paid later (§11.5 UNCLAIMED)."""

from uuid import UUID

from auction.proceeds.accounts import deposited_account, owed_account
from auction.proceeds.models import ProceedsState
from auction.proceeds.payout import rules
from auction.proceeds.payout.finish import finish_when_paid
from auction.proceeds.payout.models import Payout, PayoutState
from auction.proceeds.payout.queries import payout_for_update
from auction.proceeds.queries import note_proceeds
from core.database import Work
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.ledger import Line, post
from disposal_teams.plain_text import clean_text

S = PayoutState


async def deposit_payout(work: Work, payout_id: UUID, *, because: str) -> Payout:
    """Keep a payment apart because its payee is silent or has no account that works. Raises `InvalidInput`, `RuleViolation`,
    `NotPermitted`."""
    payout, proceeds = await payout_for_update(work, payout_id)
    require(work.actor, Permission.RELEASE_MONEY, court_code=proceeds.court_code)
    rules.check_transition(S(payout.state), S.DEPOSITED)
    fields: dict[str, Message] = {}
    because = clean_text(because, "deposit_because", fields, longest=300)
    if fields:
        raise InvalidInput(msg("请写明提存的理由。"), fields=fields, rule="M-07")
    await post(
        work,
        key=f"deposited:{payout.id}:{new_id()}",
        description="款项提存",
        rule="M-07",
        lines=[
            Line(owed_account(proceeds, payout.kind, payout.subject), payout.amount_fen),
            Line(deposited_account(proceeds, payout.id), -payout.amount_fen),
        ],
    )
    payout.state, payout.deposited_because = S.DEPOSITED, because
    payout.sheet_id = payout.file_id = payout.reference = None
    await work.session.flush()
    await note_proceeds(
        work,
        proceeds,
        "payout.deposited",
        "M-07",
        payout=str(payout.id),
        amount_fen=payout.amount_fen,
        because=because,
    )
    await finish_when_paid(work, proceeds)
    return payout


async def release_deposited(work: Work, payout_id: UUID) -> Payout:
    """The payee has come forward: the deposited money is ready to be paid. Raises `RuleViolation`, `NotPermitted`."""
    payout, proceeds = await payout_for_update(work, payout_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=proceeds.court_code)
    rules.check_transition(S(payout.state), S.READY)
    await post(
        work,
        key=f"undeposited:{payout.id}:{new_id()}",
        description="提存款项恢复发放",
        rule="M-07",
        lines=[
            Line(deposited_account(proceeds, payout.id), payout.amount_fen),
            Line(owed_account(proceeds, payout.kind, payout.subject), -payout.amount_fen),
        ],
    )
    payout.state = S.READY
    if proceeds.state == ProceedsState.PAID_OUT:
        proceeds.state = ProceedsState.PLAN_FINAL
    await note_proceeds(work, proceeds, "payout.released", "M-07", payout=str(payout.id))
    return payout

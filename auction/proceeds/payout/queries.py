"""Read payments: of a distribution, of a court, of a file for the bank; and a person's own."""

from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.payments.suspended import APPROVERS
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.payout.models import Payout, PayoutDelay, PayoutFile, PayoutSheet, PayoutState
from auction.proceeds.queries import proceeds_for_update
from core.database import Work
from core.errors import NotFound, NotPermitted
from core.i18n import msg
from core.identity import Role


async def payouts_of(work: Work, proceeds_id: UUID) -> list[Payout]:
    """The payments of a distribution in the order in which they were written down, cancelled ones left out."""
    rows = await work.session.exec(
        select(Payout)
        .where(Payout.proceeds_id == proceeds_id, Payout.state != PayoutState.CANCELLED)
        .order_by(col(Payout.created_at), col(Payout.id))
    )
    return list(rows)


async def own_payouts(work: Work, proceeds_id: UUID) -> list[Payout]:
    """The actor's own payments of a distribution."""
    if work.actor.account_id is None:
        return []
    return [each for each in await payouts_of(work, proceeds_id) if each.account_id == work.actor.account_id]


async def sheets_of(work: Work, proceeds_id: UUID) -> list[PayoutSheet]:
    """The approval sheets of a distribution, newest first."""
    rows = await work.session.exec(
        select(PayoutSheet)
        .where(PayoutSheet.proceeds_id == proceeds_id)
        .order_by(col(PayoutSheet.proposed_at).desc())
    )
    return list(rows)


async def delays_of(work: Work, proceeds_id: UUID) -> list[PayoutDelay]:
    """The delays of a distribution, newest first."""
    rows = await work.session.exec(
        select(PayoutDelay)
        .where(PayoutDelay.proceeds_id == proceeds_id)
        .order_by(col(PayoutDelay.asked_at).desc())
    )
    return list(rows)


async def payout_for_update(work: Work, payout_id: UUID) -> tuple[Payout, Proceeds]:
    """A payment with its distribution, both locked, the distribution first. Raises `NotFound`."""
    found = await work.session.get(Payout, payout_id)
    if found is None:
        raise NotFound(msg("没有找到该笔付款。"))
    proceeds = await proceeds_for_update(work, found.proceeds_id)
    payout = await work.session.get(Payout, payout_id, with_for_update=True, populate_existing=True)
    assert payout is not None
    return payout, proceeds


def require_money_people(work: Work, court_code: str) -> None:
    """Finance, and those who may approve payments, of this court. Raises `NotPermitted`."""
    roles = {role for each in APPROVERS.values() for role in each} | {Role.CASE_OFFICER}
    if work.actor.court_code != court_code or not work.actor.has(*roles):
        raise NotPermitted(msg("本页面仅供财务人员和有权批准付款的人员使用。"), rule="M-06")


async def payout_file_of(work: Work, proceeds_id: UUID) -> Proceeds:
    """A distribution for the payout desk. Another court's is unknown (P-03)."""
    proceeds = await work.session.get(Proceeds, proceeds_id)
    if proceeds is None or proceeds.court_code != work.actor.court_code:
        raise NotFound(msg("没有找到该笔案款，或它不属于本院。"), rule="P-03")
    require_money_people(work, proceeds.court_code)
    return proceeds


async def desk_of_court(work: Work, court_code: str) -> list[tuple[Proceeds, dict[str, tuple[int, int]]]]:
    """The distributions of a court with payments to be seen to: by state how many and how much."""
    require_money_people(work, court_code)
    rows = await work.session.exec(
        select(Payout.proceeds_id, Payout.state, func.count(), func.sum(Payout.amount_fen))
        .where(Payout.court_code == court_code, Payout.state != PayoutState.CANCELLED)
        .group_by(col(Payout.proceeds_id), col(Payout.state))
    )
    sums: dict[UUID, dict[str, tuple[int, int]]] = {}
    for proceeds_id, state, count, total in rows.all():
        sums.setdefault(proceeds_id, {})[state] = (int(count), int(total))
    files = await work.session.exec(
        select(Proceeds)
        .where(Proceeds.court_code == court_code, Proceeds.state != ProceedsState.REVOKED)
        .order_by(
            col(Proceeds.state).in_([ProceedsState.PAID_OUT, ProceedsState.SETTLED]), col(Proceeds.arrived_at)
        )
        .limit(200)
    )
    return [(each, sums[each.id]) for each in files if each.id in sums]


async def approved_payouts(work: Work, court_code: str) -> list[Payout]:
    """Approved payments of a court that wait for a file."""
    rows = await work.session.exec(
        select(Payout)
        .where(Payout.court_code == court_code, Payout.state == PayoutState.APPROVED)
        .order_by(col(Payout.created_at), col(Payout.id))
        .limit(500)
    )
    return list(rows)


async def files_of_court(work: Work, court_code: str, *, limit: int = 30) -> list[PayoutFile]:
    """The newest files for the bank."""
    rows = await work.session.exec(
        select(PayoutFile)
        .where(PayoutFile.court_code == court_code)
        .order_by(col(PayoutFile.made_at).desc())
        .limit(limit)
    )
    return list(rows)

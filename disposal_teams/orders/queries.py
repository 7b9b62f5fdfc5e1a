"""Read orders and applications: for the court above, the two courts below, and the applicant (P-03)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, Role, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import CaseState, EnforcementCase, Party, PartyRole
from disposal_teams.orders import rules
from disposal_teams.orders.models import CourtOrder, InactionRequest, InactionState

PAGE = 100


async def order_of(work: Work, order_id: UUID) -> CourtOrder:
    """An order for the court above and the two below; unknown to everybody else (P-03)."""
    order = await work.session.get(CourtOrder, order_id)
    actor = work.actor
    if order is not None and actor.has(Role.SYSTEM):
        return order
    courts = {order.superior_court, order.old_court, order.chosen_court} if order is not None else set()
    if order is None or not actor.is_staff or actor.court_code not in courts:
        raise NotFound(msg("没有找到该命令，或它与本院无关。"), rule="P-03")
    return order


async def orders_of_court(work: Work, court_code: str, *, limit: int = PAGE) -> Sequence[CourtOrder]:
    """The newest orders that the court made, got, or has to carry out."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(CourtOrder)
        .where(
            (col(CourtOrder.superior_court) == court_code)
            | (col(CourtOrder.old_court) == court_code)
            | (col(CourtOrder.chosen_court) == court_code)
        )
        .order_by(col(CourtOrder.served_at).desc())
        .limit(limit)
    )
    return list(rows)


async def inaction_to_decide(work: Work, court_code: str) -> Sequence[InactionRequest]:
    """Applications under the six-month rule that wait for the court above, oldest first."""
    require(work.actor, Permission.ORDER_COURTS, court_code=court_code)
    rows = await work.session.exec(
        select(InactionRequest)
        .where(InactionRequest.superior_court == court_code, InactionRequest.state == InactionState.FILED)
        .order_by(col(InactionRequest.filed_at))
        .limit(PAGE)
    )
    return list(rows)


async def own_cases(work: Work) -> list[EnforcementCase]:
    """The open cases in which the actor is the applicant."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(EnforcementCase)
        .join(Party, col(Party.case_id) == col(EnforcementCase.id))
        .where(
            Party.account_id == work.actor.account_id,
            Party.role == PartyRole.APPLICANT,
            EnforcementCase.state != CaseState.CLOSED,
        )
        .order_by(col(EnforcementCase.id).desc())
        .limit(PAGE)
    )
    return list(rows)


async def own_inaction(work: Work) -> list[InactionRequest]:
    """What the actor has applied for, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(InactionRequest)
        .where(InactionRequest.account_id == work.actor.account_id)
        .order_by(col(InactionRequest.filed_at).desc())
        .limit(PAGE)
    )
    return list(rows)


async def assets_left(work: Work, case: EnforcementCase) -> list[Asset]:
    """What is left to be disposed of in the case by its court, locked in the order of ids."""
    found = await work.session.exec(
        select(Asset)
        .where(
            Asset.case_id == case.id,
            Asset.court_code == case.court_code,
            col(Asset.state).not_in([str(state) for state in rules.OVER]),
        )
        .order_by(col(Asset.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)

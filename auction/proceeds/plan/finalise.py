"""A plan becomes final: its money is booked to whom it belongs and waits for its payment (D-23, §11.5)."""

from uuid import UUID

from sqlmodel import col, select

from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.objections.models import PlanObjection, PlanObjectionState
from auction.proceeds.plan.book import book, targets_of
from auction.proceeds.plan.draft import open_plan
from auction.proceeds.plan.models import DistributionPlan, PlanState
from auction.proceeds.plan.serve import all_windows_over, services_of
from auction.proceeds.queries import note_proceeds, proceeds_for_update
from core.database import Work
from core.i18n import msg
from core.identity import Role
from disposal_teams.courts.tell import tell_court

OPEN_OBJECTIONS = (PlanObjectionState.FILED, PlanObjectionState.CONTESTED, PlanObjectionState.SUED)


async def make_final(work: Work, proceeds: Proceeds, plan: DistributionPlan) -> None:
    """Book a locked distribution by a plan that nothing can change any more. Doing it again books nothing."""
    plan.state, plan.final_at = PlanState.FINAL, work.now
    proceeds.state, proceeds.final_at = ProceedsState.PLAN_FINAL, work.now
    await work.session.flush()
    targets = targets_of(plan.lines, [each["id"] for each in plan.claims], plan.surplus_fen)
    moved = await book(work, proceeds, plan, targets)
    await note_proceeds(
        work, proceeds, "plan.final", "D-23", version=plan.version, moved_fen=moved,
        reserved_fen=sum(targets.reserved.values()), surplus_fen=plan.surplus_fen,
    )  # fmt: skip
    await tell_court(
        work,
        proceeds.court_code,
        Role.FINANCE,
        Role.CASE_OFFICER,
        key=f"plan-final:{plan.id}",
        title=msg("案款可以发放"),
        body=msg("“{title}”的分配已经确定，请在期限内办理发放。", title=proceeds.title),
        link=f"/finance/payouts/{proceeds.id}",
    )


async def look_at_plan(work: Work, proceeds_id: UUID) -> bool:
    """Make a served plan final once everybody's window is over and no objection is open; whether it was. Safe to repeat."""
    proceeds = await proceeds_for_update(work, proceeds_id)
    if proceeds.state != ProceedsState.PLAN_SERVED:
        return False
    plan = await open_plan(work, proceeds_id)
    if plan is None or not all_windows_over(await services_of(work, plan.id), work.now):
        return False
    waiting = await work.session.exec(
        select(PlanObjection.id).where(
            PlanObjection.plan_id == plan.id, col(PlanObjection.state).in_(OPEN_OBJECTIONS)
        )
    )
    if waiting.first() is not None:
        return False
    await make_final(work, proceeds, plan)
    return True

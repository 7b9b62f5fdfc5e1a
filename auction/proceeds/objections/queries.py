"""Read the objections to a plan with the views against them."""

from uuid import UUID

from sqlmodel import col, select

from auction.proceeds.models import Proceeds
from auction.proceeds.objections.models import ObjectionView, PlanObjection, PlanObjectionState
from auction.proceeds.plan.models import PlanService
from auction.proceeds.queries import proceeds_for_update
from core.database import Work
from core.errors import NotFound
from core.i18n import msg


async def objections_of(work: Work, proceeds_id: UUID) -> list[tuple[PlanObjection, PlanService]]:
    """The objections to any version of a distribution's plan with who raised them, oldest first."""
    rows = await work.session.exec(
        select(PlanObjection, PlanService)
        .join(PlanService, col(PlanService.id) == col(PlanObjection.service_id))
        .where(PlanObjection.proceeds_id == proceeds_id)
        .order_by(col(PlanObjection.filed_at), col(PlanObjection.id))
    )
    return [(objection, service) for objection, service in rows.all()]


async def views_of(work: Work, objection_id: UUID) -> list[tuple[ObjectionView, str]]:
    """The views against an objection with who gave them."""
    rows = await work.session.exec(
        select(ObjectionView, PlanService.name)
        .join(PlanService, col(PlanService.id) == col(ObjectionView.service_id))
        .where(ObjectionView.objection_id == objection_id)
        .order_by(col(ObjectionView.given_at), col(ObjectionView.id))
    )
    return [(view, name) for view, name in rows.all()]


async def objection_for_update(work: Work, objection_id: UUID) -> tuple[PlanObjection, Proceeds]:
    """An objection and its distribution, both locked, the distribution first. Raises `NotFound`."""
    found = await work.session.get(PlanObjection, objection_id)
    if found is None:
        raise NotFound(msg("没有找到该异议。"))
    proceeds = await proceeds_for_update(work, found.proceeds_id)
    objection = await work.session.get(
        PlanObjection, objection_id, with_for_update=True, populate_existing=True
    )
    assert objection is not None
    return objection, proceeds


async def objections_to_advance(work: Work, *, limit: int = 100) -> list[UUID]:
    """Objections of which a window has ended."""
    rows = await work.session.exec(
        select(PlanObjection.id)
        .where(
            (
                (col(PlanObjection.state) == PlanObjectionState.FILED)
                & (col(PlanObjection.counter_ends_at) <= work.now)
            )
            | (
                (col(PlanObjection.state) == PlanObjectionState.CONTESTED)
                & (col(PlanObjection.suit_ends_at) <= work.now)
            )
        )
        .order_by(col(PlanObjection.filed_at))
        .limit(limit)
    )
    return list(rows)

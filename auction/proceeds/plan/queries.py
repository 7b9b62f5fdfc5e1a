"""Read plans: every version of a distribution, and a person's own part of it."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds
from auction.proceeds.plan.models import DistributionPlan, PlanService, PlanState
from core.database import Work
from core.documents import Document
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.cases.models import Party, PartyRole


async def plans_of(work: Work, proceeds_id: UUID) -> list[DistributionPlan]:
    """All versions, newest first."""
    rows = await work.session.exec(
        select(DistributionPlan)
        .where(DistributionPlan.proceeds_id == proceeds_id)
        .order_by(col(DistributionPlan.version).desc())
    )
    return list(rows)


def standing_plan(plans: list[DistributionPlan]) -> DistributionPlan | None:
    """The version that stands: drafted, served or final."""
    gone = (PlanState.DROPPED, PlanState.REPLACED)
    return next((each for each in plans if each.state not in gone), None)


@dataclass(frozen=True, slots=True)
class OwnPart:
    """A distribution as one person sees it. `claims`: the own ones; `is_debtor`: the whole plan concerns this person."""

    proceeds: Proceeds
    plan: DistributionPlan | None
    services: list[PlanService]
    claims: list[DistributionClaim]
    is_debtor: bool


async def own_distributions(work: Work, *, limit: int = 50) -> list[Proceeds]:
    """The distributions in which the actor has a claim or is the debtor, newest first."""
    me = work.actor.account_id
    if me is None:
        return []
    claimed = select(DistributionClaim.proceeds_id).where(DistributionClaim.account_id == me)
    owed = select(Party.case_id).where(Party.account_id == me, Party.role == PartyRole.DEBTOR)
    rows = await work.session.exec(
        select(Proceeds)
        .where(col(Proceeds.id).in_(claimed) | col(Proceeds.case_id).in_(owed))
        .order_by(col(Proceeds.arrived_at).desc())
        .limit(limit)
    )
    return list(rows)


async def own_part(work: Work, proceeds_id: UUID) -> OwnPart:
    """The actor's own part of a distribution. Anybody else's is as unknown as a missing one. Raises `NotFound`."""
    me = work.actor.account_id
    proceeds = await work.session.get(Proceeds, proceeds_id)
    if proceeds is not None and me is not None:
        claims = list(
            await work.session.exec(
                select(DistributionClaim).where(
                    DistributionClaim.proceeds_id == proceeds_id, DistributionClaim.account_id == me
                )
            )
        )
        debtor = await work.session.exec(
            select(Party.id).where(
                Party.case_id == proceeds.case_id, Party.account_id == me, Party.role == PartyRole.DEBTOR
            )
        )
        is_debtor = debtor.first() is not None
        if claims or is_debtor:
            plan = standing_plan(await plans_of(work, proceeds_id))
            if plan is not None and plan.state == PlanState.DRAFT:
                plan = None  # what the panel has not approved is nobody's business yet
            services: list[PlanService] = []
            if plan is not None:
                services = list(
                    await work.session.exec(
                        select(PlanService).where(
                            PlanService.plan_id == plan.id, PlanService.account_id == me
                        )
                    )
                )
            return OwnPart(proceeds, plan, services, claims, is_debtor)
    raise NotFound(msg("您名下没有该笔案款的分配。"))


async def own_plan_paper(work: Work, proceeds_id: UUID, document_id: UUID) -> Document:
    """A plan's paper for somebody whom it was served on. Raises `NotFound`."""
    part = await own_part(work, proceeds_id)
    document = await work.session.get(Document, document_id)
    known = {each.document_id for each in await plans_of(work, proceeds_id) if each.approved_at is not None}
    if document is None or document_id not in known or (part.plan is None):
        raise NotFound(msg("没有找到该文书。"))
    return document

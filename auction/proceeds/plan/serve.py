"""Serve a plan on every creditor and the debtor, each with an own window of fifteen days from receipt (D-23, L-32, C-07)."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.plan.models import DistributionPlan, PlanService, PlanState
from auction.proceeds.queries import note_proceeds, proceeds_for_update
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.deadlines.rules import day_in_court, period_end, start_of_day
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.legal_settings import legal
from core.notices import notify
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.plain_text import clean_text

also_kept_in("L-32", table=PlanService, end="window_ends_at")


async def serve_plan(work: Work, proceeds: Proceeds, plan: DistributionPlan) -> None:
    """Send an approved plan to everybody. Who has an account confirms the receipt there; the officer records the others."""
    plan.state, plan.served_at = PlanState.SERVED, work.now
    people: list[PlanService] = []
    for each in plan.claims:
        claim = await work.session.get_one(DistributionClaim, UUID(each["id"]))
        people.append(
            PlanService(
                id=new_id(),
                plan_id=plan.id,
                subject=f"{claim.id}",
                claim_id=claim.id,
                name=claim.creditor,
                account_id=claim.account_id,
                sent_at=work.now,
            )
        )
    people += [
        PlanService(
            id=new_id(),
            plan_id=plan.id,
            subject=f"{party.id}",
            name=party.name,
            account_id=party.account_id,
            sent_at=work.now,
        )
        for party in await parties_of(work, proceeds.case_id)
        if party.role == PartyRole.DEBTOR
    ]
    work.session.add_all(people)
    await work.session.flush()
    for person in people:
        if person.account_id is not None:
            await notify(
                work,
                account_id=person.account_id,
                key=f"plan:{plan.id}:{person.id}",
                title=msg("财产分配方案已送达"),
                body=msg(
                    "“{title}”的财产分配方案已作出，请查阅；有异议的，收到之日起十五日内提出。",
                    title=proceeds.title,
                ),
                link=f"/my/proceeds/{proceeds.id}",
            )
    await note_proceeds(work, proceeds, "plan.served", "D-23", version=plan.version, count=len(people))


async def services_of(work: Work, plan_id: UUID) -> list[PlanService]:
    """Whom a plan is served on, creditors first."""
    rows = await work.session.exec(
        select(PlanService)
        .where(PlanService.plan_id == plan_id)
        .order_by(col(PlanService.claim_id).is_(None), col(PlanService.name), col(PlanService.id))
    )
    return list(rows)


async def confirm_own_receipt(work: Work, service_id: UUID) -> PlanService:
    """The person confirms on the own page that the plan has arrived. Raises `NotFound` for everybody else's, `Conflict`."""
    service = await service_for_update(work, service_id)
    if work.actor.account_id is None or service.account_id != work.actor.account_id:
        raise NotFound(msg("没有找到送达您的分配方案。"))
    return await _received(work, service, at=work.now, proof="本人在线确认收到")


async def record_receipt(work: Work, service_id: UUID, *, received_on: date, proof: str) -> PlanService:
    """The officer records when somebody received the plan: by post, in person, by publication (its thirty days over).

    Raises `InvalidInput` by field, `Conflict`, `NotPermitted`.
    """
    service = await service_for_update(work, service_id)
    plan = await work.session.get_one(DistributionPlan, service.plan_id)
    proceeds = await proceeds_for_update(work, plan.proceeds_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    sent_on = day_in_court(service.sent_at)
    if not sent_on <= received_on <= day_in_court(work.now):
        fields["received_on"] = msg("收到日期应在发出之后、今天或者以前。")
    if fields:
        raise InvalidInput(msg("送达登记有误，请按提示修改。"), fields=fields, rule="D-23")
    at = max(service.sent_at, start_of_day(received_on))
    return await _received(work, service, at=at, proof=proof)


async def service_for_update(work: Work, service_id: UUID) -> PlanService:
    """One service, locked. Raises `NotFound`."""
    service = await work.session.get(PlanService, service_id, with_for_update=True, populate_existing=True)
    if service is None:
        raise NotFound(msg("没有找到送达您的分配方案。"))
    return service


async def _received(work: Work, service: PlanService, *, at: datetime, proof: str) -> PlanService:
    if service.received_at is not None:
        raise Conflict(msg("已经登记收到。"), rule="D-23")
    plan = await work.session.get_one(DistributionPlan, service.plan_id)
    if plan.state != PlanState.SERVED:
        raise Conflict(msg("该版分配方案已经不再送达。"), rule="D-23")
    proceeds = await work.session.get_one(Proceeds, plan.proceeds_id)
    days = legal().plan_window_days
    service.received_at, service.proof = at, proof
    service.window_ends_at = period_end(at, days=days)
    await open_deadline(
        work,
        "L-32",
        subject_kind="plan_service",
        subject_id=service.id,
        started_at=at,
        days=days,
        owner_role=Role.CREDITOR if service.claim_id else Role.DEBTOR,
        owner_court=proceeds.court_code,
        asset_id=proceeds.asset_id,
        case_id=proceeds.case_id,
        lot_id=proceeds.lot_id,
        trigger_event="plan.received",
    )
    await note_proceeds(work, proceeds, "plan.received", "D-23", name=service.name, proof=proof)
    return service


def all_windows_over(services: list[PlanService], now: datetime) -> bool:
    """Whether everybody has received the plan and nobody's fifteen days run (D-23)."""
    return all(each.window_ends_at is not None and each.window_ends_at <= now for each in services)


async def plans_to_look_at(work: Work, *, limit: int = 100) -> list[UUID]:
    """Distributions with a served plan: the sweep asks each whether its windows are over."""
    rows = await work.session.exec(
        select(Proceeds.id)
        .where(Proceeds.state == ProceedsState.PLAN_SERVED)
        .order_by(col(Proceeds.arrived_at))
        .limit(limit)
    )
    return list(rows)

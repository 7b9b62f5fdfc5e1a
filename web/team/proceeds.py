"""The money of the court's sales: costs, claims, the plan with its reckoning, its service (chapters 6 and 8)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.proceeds.authority.decide import authority_over, enter_leave, leave_of
from auction.proceeds.authority.models import Leave
from auction.proceeds.authority.rules import BASIS_LABELS, LEAVE_LABELS, LIFTED_BY
from auction.proceeds.claims.models import ClaimState
from auction.proceeds.claims.queries import claims_of
from auction.proceeds.claims.rules import ORIGIN_LABELS
from auction.proceeds.claims.rules import STATE_LABELS as CLAIM_LABELS
from auction.proceeds.costs import reopen_costs, settle_costs
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.objections.queries import objections_of
from auction.proceeds.objections.rules import OPEN as OPEN_OBJECTIONS
from auction.proceeds.payout.queries import payouts_of
from auction.proceeds.payout.rules import STATE_LABELS as PAYOUT_LABELS
from auction.proceeds.plan.approve import approve_plan, send_plan_back
from auction.proceeds.plan.divide import Sharing
from auction.proceeds.plan.draft import draft_plan, names_in, take_draft_back
from auction.proceeds.plan.queries import plans_of, standing_plan
from auction.proceeds.plan.serve import record_receipt, services_of
from auction.proceeds.queries import (
    costs_of,
    open_proceeds_file,
    owned_since,
    proceeds_of_court,
    undivided_fen,
)
from auction.proceeds.rules import (
    COST_LABELS,
    LEVEL_LABELS,
    LEVEL_RULES,
    RANK_LABELS,
    SHARING_LABELS,
    STATE_LABELS,
    STEPS,
    usual_sharing,
)
from core.audit import history
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.deadlines.queries import deadlines_about
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from core.legal_settings import legal
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.rendering import page, see_other, translated
from web.team.fields import panel_members
from web.team.labels import deadline_title
from web.team.timeline import story_of

S = ProceedsState
BASE = "/team/proceeds/{proceeds_id:uuid}"
TAGS: dict[ProceedsState, str] = {
    S.MONEY_ARRIVED: "warn",
    S.COSTED: "warn",
    S.PLAN_DRAFT: "warn",
    S.PLAN_SERVED: "info",
    S.PLAN_FINAL: "info",
    S.PAID_OUT: "good",
    S.SETTLED: "good",
    S.REVOKED: "bad",
}
Act = Callable[[Work, Proceeds], Awaitable[object]]


def steps_of(state: str) -> list[tuple[str, str]]:
    """The way of the money, with what is done; none for a sale that was undone."""
    if state == S.REVOKED:
        return []
    reached = STEPS.index(S(state))
    return [
        (STATE_LABELS[step], "done" if place < reached else "now" if place == reached else "")
        for place, step in enumerate(STEPS)
    ]


@get("/team/proceeds", include_in_schema=False)
async def proceeds_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The court's files of money, what is due first on top."""
    actor = require_staff(visitor)
    if actor.court_code is None:
        raise NotFound(msg("您的账号没有关联法院，请联系管理员。"))
    async with database.read(actor) as work:
        files = await proceeds_of_court(work, actor.court_code)
        due = {each.id: await deadlines_about(work, "proceeds", each.id) for each in files[:100]}
        return page(
            request,
            "proceeds/list.html",
            court=await court_of(work, actor.court_code),
            files=files,
            due=due,
            proceeds_labels=STATE_LABELS,
            proceeds_tags=TAGS,
            server_time=work.now,
        )


@get(BASE, include_in_schema=False)
async def file_page(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """One file: money, costs, claims, plan."""
    return await show_file(request, database, require_staff(visitor), proceeds_id, Form.blank())


async def show_file(
    request: AnyRequest, database: Database, actor: Actor, proceeds_id: UUID, form: Form
) -> Response[Any]:
    """The page, with what was typed and what was wrong with it."""
    async with database.read(actor) as work:
        proceeds = await open_proceeds_file(work, proceeds_id)
        plans = await plans_of(work, proceeds.id)
        plan = standing_plan(plans)
        claims = await claims_of(work, proceeds.id)
        form.values.setdefault("sharing", str(usual_sharing(debtor_is_company=proceeds.debtor_is_company)))
        today = work.now.astimezone(COURT_ZONE).date()
        for name in ("decided_on", "received_on"):
            form.values.setdefault(name, today.isoformat())
        return page(
            request,
            "proceeds/file.html",
            status=form.status,
            form=form,
            file=proceeds,
            case=await case_of(work, proceeds.case_id),
            steps=steps_of(proceeds.state),
            costs=await costs_of(work, proceeds.id, struck=True),
            claims=claims,
            open_claims=sum(each.state == ClaimState.SUBMITTED for each in claims),
            plans=plans,
            plan=plan,
            plan_names=await names_in(work, proceeds, plan) if plan else {},
            services=await services_of(work, plan.id) if plan else [],
            **await _authority(request, work, proceeds),
            open_objections=sum(
                each.state in OPEN_OBJECTIONS for each, _ in await objections_of(work, proceeds.id)
            ),
            payouts=await payouts_of(work, proceeds.id),
            payout_labels=PAYOUT_LABELS,
            undivided=await undivided_fen(work, proceeds),
            owned_since=await owned_since(work, proceeds),
            clocks=[
                (each, deadline_title(each.rule))
                for each in await deadlines_about(work, "proceeds", proceeds.id)
            ],
            sharing_options=[
                (str(each), translated(request, msg(label))) for each, label in SHARING_LABELS.items()
            ],
            bonus_percent=legal().first_seal_bonus_percent,
            may_draft=may(actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code),
            may_approve=may(actor, Permission.RECORD_PANEL_DECISION, court_code=proceeds.court_code)
            and plan is not None
            and (plan.drafted_by is None or plan.drafted_by != actor.account_id),
            story=story_of(await history(work, stream=f"proceeds:{proceeds.id}", limit=60)),
            server_time=work.now,
            **LABELS,
        )


async def _authority(request: AnyRequest, work: Work, proceeds: Proceeds) -> dict[str, Any]:
    """Which court divides, and what it takes where that is another one."""
    authority = await authority_over(work, proceeds)
    return {
        "authority": authority,
        "leave": await leave_of(work, proceeds),
        "divides": (await court_of(work, authority.court_code)).name,
        "basis_labels": BASIS_LABELS,
        "leave_labels": LEAVE_LABELS,
        "leave_options": [
            (str(each), translated(request, msg(LEAVE_LABELS[each])))
            for each in LIFTED_BY.get(authority.basis, ())
        ],
    }


LABELS: dict[str, Any] = {
    "proceeds_labels": STATE_LABELS,
    "proceeds_tags": TAGS,
    "cost_labels": COST_LABELS,
    "rank_labels": RANK_LABELS,
    "level_labels": LEVEL_LABELS,
    "level_rules": LEVEL_RULES,
    "sharing_labels": SHARING_LABELS,
    "claim_labels": CLAIM_LABELS,
    "claim_tags": {"submitted": "warn", "admitted": "good", "refused": "bad"},
    "origin_labels": ORIGIN_LABELS,
}
"""The words of every page about the money."""


async def act_on_file(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    proceeds_id: UUID,
    form: Form,
    act: Act,
    said: Message,
    *,
    to: str = "/team/proceeds/{id}",
    show: Callable[..., Awaitable[Response[Any]]] = show_file,
) -> Response[Any]:
    """Do something with a file of the own court and go to its page, or show the form with what was refused."""

    async def whole(work: Work) -> None:
        await act(work, await open_proceeds_file(work, proceeds_id))

    if await carried_out(database, actor, form, whole):
        return see_other(request, to.format(id=proceeds_id), said=said)
    return await show(request, database, actor, proceeds_id, form)


@post(BASE + "/costs/settle", include_in_schema=False)
async def settle(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Book the costs."""

    async def act(work: Work, proceeds: Proceeds) -> None:
        await settle_costs(work, proceeds.id)

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, Form.blank(), act, msg("费用已核定并入账。")
    )


@post(BASE + "/costs/reopen", include_in_schema=False)
async def reopen(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Take the bookings of the costs back."""
    form = await read_form(request)
    because = form.text("because_costs", longest=300)

    async def act(work: Work, proceeds: Proceeds) -> None:
        await reopen_costs(work, proceeds.id, because=because)

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, form, act, msg("可以重新核算费用。")
    )


@post(BASE + "/leave", include_in_schema=False)
async def enter_paper(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Enter the paper by which the own court divides."""
    form = await read_form(request)
    ground = form.choice("ground", Leave)
    paper_ref = form.text("paper_ref", longest=200)
    decided_on = form.day("leave_on")

    async def act(work: Work, proceeds: Proceeds) -> None:
        assert ground is not None
        assert decided_on is not None
        await enter_leave(work, proceeds.id, ground=ground, paper_ref=paper_ref, decided_on=decided_on)

    return await act_on_file(
        request,
        database,
        require_staff(visitor),
        proceeds_id,
        form,
        act,
        msg("分配依据已登记，可以拟定方案。"),
    )


@post(BASE + "/plan", include_in_schema=False)
async def draft(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Reckon the plan."""
    form = await read_form(request)
    sharing = form.choice("sharing", Sharing)
    reason = form.text("reason", required=False, longest=500, lines=True)
    with_bonus = form.flag("with_bonus")
    bonus_reason = form.text("bonus_reason", required=False, longest=500, lines=True)

    async def act(work: Work, proceeds: Proceeds) -> None:
        assert sharing is not None
        await draft_plan(
            work,
            proceeds.id,
            sharing=sharing,
            reason=reason,
            with_bonus=with_bonus,
            bonus_reason=bonus_reason,
        )

    said = msg("分配方案已拟定，待合议庭批准。")
    return await act_on_file(request, database, require_staff(visitor), proceeds_id, form, act, said)


@post(BASE + "/plan/take-back", include_in_schema=False)
async def take_back(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Give the draft up."""

    async def act(work: Work, proceeds: Proceeds) -> None:
        await take_draft_back(work, proceeds.id)

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, Form.blank(), act, msg("方案已撤回修改。")
    )


@post(BASE + "/plan/approve", include_in_schema=False)
async def approve(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """The panel approves."""
    form = await read_form(request)
    minutes = form.text("minutes", longest=2000, lines=True)
    members = panel_members(form)
    decided_on = form.day("decided_on")

    async def act(work: Work, proceeds: Proceeds) -> None:
        assert decided_on is not None
        await approve_plan(work, proceeds.id, members=members, minutes=minutes, decided_on=decided_on)

    said = msg("分配方案已批准。")
    return await act_on_file(request, database, require_staff(visitor), proceeds_id, form, act, said)


@post(BASE + "/plan/send-back", include_in_schema=False)
async def send_back(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """The panel does not approve."""
    form = await read_form(request)
    because = form.text("because_plan", longest=500)

    async def act(work: Work, proceeds: Proceeds) -> None:
        await send_plan_back(work, proceeds.id, because=because)

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, form, act, msg("方案已退回承办人。")
    )


@post(BASE + "/receipts", include_in_schema=False)
async def note_receipt(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Record when somebody received the plan."""
    form = await read_form(request)
    service = form.identifier("service")
    received_on = form.day("received_on")
    proof = form.text("proof", longest=200)

    async def act(work: Work, proceeds: Proceeds) -> None:
        assert service is not None
        assert received_on is not None
        plan = standing_plan(await plans_of(work, proceeds.id))
        if plan is None or service not in {each.id for each in await services_of(work, plan.id)}:
            raise NotFound(msg("没有找到该送达记录。"))
        await record_receipt(work, service, received_on=received_on, proof=proof)

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, form, act, msg("送达已登记。")
    )


route_handlers = [
    proceeds_page,
    file_page,
    settle,
    reopen,
    enter_paper,
    draft,
    take_back,
    approve,
    send_back,
    note_receipt,
]

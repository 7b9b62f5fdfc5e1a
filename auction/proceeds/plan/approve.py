"""The panel approves a plan, or sends it back; approved it is served, or with one creditor final at once (P-05, D-23, §11.5)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from auction.listing.rules import check_panel
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.papers import issue_plan_paper
from auction.proceeds.plan.draft import names_in, open_plan
from auction.proceeds.plan.finalise import make_final
from auction.proceeds.plan.models import DistributionPlan, PlanState
from auction.proceeds.plan.serve import serve_plan
from auction.proceeds.queries import note_proceeds, proceeds_for_update
from auction.proceeds.rules import check_state, check_two_persons
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = ProceedsState


async def approve_plan(
    work: Work, proceeds_id: UUID, *, members: Sequence[str], minutes: str, decided_on: date
) -> DistributionPlan:
    """Approve the drafted plan. Raises `RuleViolation` (P-05: who drafted it does not approve it), `InvalidInput` by field,
    `NotPermitted`."""
    proceeds, plan = await _drafted(work, proceeds_id)
    check_two_persons(plan.drafted_by, work.actor.account_id)
    fields: dict[str, Message] = {}
    names = [clean_text(name, "members", fields, longest=40) for name in members if name.strip()]
    minutes = clean_text(minutes, "minutes", fields, longest=2000)
    if problem := check_panel(names):
        fields["members"] = problem
    if decided_on > day_in_court(work.now):
        fields["decided_on"] = msg("合议日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("批准有误，请按提示修改。"), fields=fields, rule="P-05")
    plan.members, plan.minutes, plan.decided_on = names, minutes, decided_on
    plan.approved_by, plan.approved_at = work.actor.account_id, work.now
    names_of = await names_in(work, proceeds, plan)
    plan.document_id = (await issue_plan_paper(work, proceeds, plan, names_of)).id
    await note_proceeds(
        work,
        proceeds,
        "plan.approved",
        "P-05",
        version=plan.version,
        members=names,
        document=str(plan.document_id),
    )
    if plan.is_simple:
        await make_final(work, proceeds, plan)
    else:
        proceeds.state = S.PLAN_SERVED
        await serve_plan(work, proceeds, plan)
    return plan


async def send_plan_back(work: Work, proceeds_id: UUID, *, because: str) -> Proceeds:
    """The panel does not approve. Raises `InvalidInput` without a reason, `RuleViolation`, `NotPermitted`."""
    proceeds, plan = await _drafted(work, proceeds_id)
    fields: dict[str, Message] = {}
    because = clean_text(because, "because", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明退回的理由。"), fields=fields, rule="P-05")
    plan.state, plan.why = PlanState.DROPPED, because
    proceeds.state = S.COSTED
    await note_proceeds(work, proceeds, "plan.sent_back", "P-05", version=plan.version, because=because)
    await tell_court(
        work,
        proceeds.court_code,
        Role.CASE_OFFICER,
        key=f"plan-back:{plan.id}",
        title=msg("分配方案被退回"),
        body=msg("“{title}”的分配方案未获批准：{because}", title=proceeds.title, because=because),
        link=f"/team/proceeds/{proceeds.id}",
    )
    return proceeds


async def _drafted(work: Work, proceeds_id: UUID) -> tuple[Proceeds, DistributionPlan]:
    proceeds = await proceeds_for_update(work, proceeds_id)
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=proceeds.court_code)
    check_state(S(proceeds.state), {S.PLAN_DRAFT})
    plan = await open_plan(work, proceeds.id)
    assert plan is not None
    return proceeds, plan

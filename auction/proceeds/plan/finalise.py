"""A plan becomes final, as it is or as objections have changed it; what nobody disputes is paid before (D-23, M-07, §11.5)."""

from uuid import UUID

from sqlmodel import col, select

from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.objections.models import Demand, PlanObjection, PlanObjectionState
from auction.proceeds.objections.rules import MOST_TOGETHER, OPEN, Change, changed, subsets, undisputed
from auction.proceeds.papers import issue_plan_paper
from auction.proceeds.plan.book import Targets, book, targets_of
from auction.proceeds.plan.divide import Division, Rank
from auction.proceeds.plan.draft import (
    following,
    names_in,
    open_plan,
    read_claims,
    reckon,
    write_division,
)
from auction.proceeds.plan.models import DistributionPlan, PlanState
from auction.proceeds.plan.serve import all_windows_over, services_of
from auction.proceeds.queries import note_proceeds, proceeds_for_update
from core.database import Work
from core.i18n import msg
from core.identity import Role
from core.notices import notify
from disposal_teams.courts.tell import tell_court

S = PlanObjectionState


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
    """See to a served plan once everybody's window is over; whether it is final now. Safe to repeat.

    While objections are open, what is the same in every outcome becomes payable, and with a suit the rest is deposited (M-07).
    """
    proceeds = await proceeds_for_update(work, proceeds_id)
    if proceeds.state != ProceedsState.PLAN_SERVED:
        return False
    plan = await open_plan(work, proceeds_id)
    if plan is None or not all_windows_over(await services_of(work, plan.id), work.now):
        return False
    found = list(
        await work.session.exec(
            select(PlanObjection)
            .where(PlanObjection.plan_id == plan.id)
            .order_by(col(PlanObjection.filed_at), col(PlanObjection.id))
        )
    )
    upheld = [_change(each) for each in found if each.state == S.UPHELD]
    waiting = [each for each in found if each.state in OPEN]
    if waiting:
        await _pay_undisputed(work, proceeds, plan, upheld, waiting)
        return False
    if upheld:
        plan = await _amend(work, proceeds, plan, upheld)
    await make_final(work, proceeds, plan)
    return True


def _change(objection: PlanObjection) -> Change:
    return Change(
        str(objection.target_claim_id),
        Demand(objection.demand),
        objection.demanded_fen,
        Rank(objection.demanded_rank) if objection.demanded_rank else None,
    )


async def _pay_undisputed(
    work: Work, proceeds: Proceeds, plan: DistributionPlan, upheld: list[Change], waiting: list[PlanObjection]
) -> None:
    if len(waiting) > MOST_TOGETHER:
        return
    ids = [each["id"] for each in plan.claims]
    claims = changed(read_claims(plan.claims), upheld)
    outcomes: list[Targets] = []
    for choice in subsets([_change(each) for each in waiting]):
        division = await reckon(work, proceeds, plan, changed(claims, choice))
        outcomes.append(_targets(division, ids))
    sure = Targets(
        payable=undisputed([each.payable for each in outcomes]),
        reserved=undisputed([each.reserved for each in outcomes]),
        surplus_fen=min(each.surplus_fen for each in outcomes),
    )
    if any(each.state == S.SUED for each in waiting):
        whole = outcomes[0]
        everything = sum(whole.payable.values()) + sum(whole.reserved.values()) + whole.surplus_fen
        sure.escrow_fen = (
            everything - sum(sure.payable.values()) - sum(sure.reserved.values()) - sure.surplus_fen
        )
    moved = await book(work, proceeds, plan, sure)
    if moved:
        await note_proceeds(
            work, proceeds, "plan.undisputed_part", "M-07", moved_fen=moved, escrow_fen=sure.escrow_fen
        )


def _targets(division: Division, ids: list[str]) -> Targets:
    lines = [
        {"subject": line.subject, "given_fen": line.given_fen, "is_reserved": line.is_reserved}
        for line in division.lines
    ]
    return targets_of(lines, ids, division.surplus_fen)


async def _amend(
    work: Work, proceeds: Proceeds, plan: DistributionPlan, upheld: list[Change]
) -> DistributionPlan:
    """The version that the upheld objections make of a plan; it is distributed by without a further window (S6 art. 510)."""
    claims = changed(read_claims(plan.claims), upheld)
    division = await reckon(work, proceeds, plan, claims)
    by_id = {each.id: each for each in claims}
    amended = await following(
        work,
        plan,
        claims=[
            {
                **each,
                "title_fen": by_id[each["id"]].title_fen if each["id"] in by_id else 0,
                "rank": str(by_id[each["id"]].rank) if each["id"] in by_id else each["rank"],
                "part": by_id[each["id"]].part if each["id"] in by_id else each["part"],
                "doubled_fen": each["doubled_fen"] if each["id"] in by_id else 0,
            }
            for each in plan.claims
        ],
        why="依据成立的异议修正",
    )
    write_division(amended, division)
    plan.state = PlanState.REPLACED
    work.session.add(amended)
    await work.session.flush()
    amended.document_id = (
        await issue_plan_paper(work, proceeds, amended, await names_in(work, proceeds, amended))
    ).id
    for service in await services_of(work, plan.id):
        if service.account_id is not None:
            await notify(
                work,
                account_id=service.account_id,
                key=f"plan-amended:{amended.id}:{service.id}",
                title=msg("分配方案已按异议修正"),
                body=msg("“{title}”的分配方案已按成立的异议修正，并据此分配。", title=proceeds.title),
                link=f"/my/proceeds/{proceeds.id}",
            )
    await note_proceeds(work, proceeds, "plan.amended", "D-23", version=amended.version)
    return amended

"""A reserve is decided: its claim is confirmed at a sum, and everybody's part is reckoned once more (D-11, T-05)."""

from uuid import UUID

from auction.proceeds.claims.queries import claim_for_update
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.papers import issue_plan_paper
from auction.proceeds.plan.book import book, targets_of
from auction.proceeds.plan.draft import following, names_in, read_claims, reckon, write_division
from auction.proceeds.plan.models import PlanState
from auction.proceeds.plan.queries import plans_of, standing_plan
from auction.proceeds.queries import note_proceeds, proceeds_for_update
from auction.proceeds.rules import check_state
from core.database import Work
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.plain_text import clean_text

S = ProceedsState


async def decide_reserve(work: Work, claim_id: UUID, *, title_fen: int, ref: str) -> Proceeds:
    """The paper is there that the reserve waited for: the claim is `title_fen` (0 when it failed). What is not needed goes to
    the others in their order, as a further version of the plan. Raises `InvalidInput`, `RuleViolation`, `NotPermitted`."""
    claim = await claim_for_update(work, claim_id)
    if claim.proceeds_id is None:
        raise RuleViolation("D-11", msg("该项债权没有预留份额。"))
    proceeds = await proceeds_for_update(work, claim.proceeds_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    check_state(S(proceeds.state), {S.PLAN_FINAL, S.PAID_OUT})
    plan = standing_plan(await plans_of(work, proceeds.id))
    stored = next((each for each in plan.claims if each["id"] == str(claim_id)), None) if plan else None
    if plan is None or stored is None or stored["is_confirmed"]:
        raise RuleViolation("D-11", msg("该项债权没有预留份额。"))
    fields: dict[str, Message] = {}
    ref = clean_text(ref, "reserve_ref", fields, longest=200)
    if not 0 <= title_fen <= stored["title_fen"]:
        fields["reserve_fen"] = msg("数额须在 0 至预留时申报的债权之间。")
    if fields:
        raise InvalidInput(msg("预留的处理有误，请按提示修改。"), fields=fields, rule="D-11")
    claim.is_confirmed, claim.title_ref = True, ref
    decided = await following(
        work,
        plan,
        claims=[
            {
                **each,
                "is_confirmed": True,
                "title_fen": title_fen,
                "doubled_fen": each["doubled_fen"] if title_fen else 0,
            }
            if each["id"] == str(claim_id)
            else each
            for each in plan.claims
        ],
        why=f"预留份额的债权已经确定（{ref}）",
    )
    decided.final_at = work.now
    write_division(decided, await reckon(work, proceeds, decided, read_claims(decided.claims)))
    plan.state = PlanState.REPLACED
    work.session.add(decided)
    await work.session.flush()
    paper = await issue_plan_paper(work, proceeds, decided, await names_in(work, proceeds, decided))
    decided.document_id = paper.id
    proceeds.state = S.PLAN_FINAL
    targets = targets_of(decided.lines, [each["id"] for each in decided.claims], decided.surplus_fen)
    moved = await book(work, proceeds, decided, targets)
    await note_proceeds(
        work,
        proceeds,
        "plan.reserve_decided",
        "D-11",
        creditor=claim.creditor,
        title_fen=title_fen,
        moved_fen=moved,
    )
    return proceeds

"""Draft a plan: the division as reckoned, kept with everything it was reckoned from (D-03, D-04, D-10, §11.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.proceeds.authority.decide import check_own_division
from auction.proceeds.claims.models import ClaimState, DistributionClaim
from auction.proceeds.claims.queries import claims_of
from auction.proceeds.costs import reckoned
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.plan.divide import Bonus, Claim, Division, Rank, Sharing, divide
from auction.proceeds.plan.models import DistributionPlan, PlanState
from auction.proceeds.queries import costs_of, note_proceeds, proceeds_for_update
from auction.proceeds.rules import check_transition, is_simple, sharing_problem
from core.database import Work
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.assets.seal import seals_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = ProceedsState


async def draft_plan(
    work: Work,
    proceeds_id: UUID,
    *,
    sharing: Sharing,
    reason: str,
    with_bonus: bool = False,
    bonus_reason: str = "",
) -> DistributionPlan:
    """Reckon the plan and lay it before the panel. `with_bonus`: the first-sealing ordinary creditor gets what the settings allow
    (D-04). Raises `RuleViolation` (another court divides, open requests, claims without figures), `InvalidInput` by field,
    `NotPermitted`.
    """
    proceeds = await proceeds_for_update(work, proceeds_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    check_transition(S(proceeds.state), S.PLAN_DRAFT)
    await check_own_division(work, proceeds)
    claims = await claims_of(work, proceeds.id)
    _check_claims(claims)
    admitted = [each for each in claims if each.state == ClaimState.ADMITTED]
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500, required=False)
    bonus_reason = clean_text(bonus_reason, "bonus_reason", fields, longest=500, required=with_bonus)
    if problem := sharing_problem(sharing, debtor_is_company=proceeds.debtor_is_company, reason=reason):
        fields["reason"] = problem
    terms = await _terms(work, proceeds, admitted)
    first = _first_seal(terms) if with_bonus else None
    if with_bonus and (first is None or sharing is Sharing.BY_SEAL or not _allowed_bonus()):
        fields["with_bonus"] = msg("没有可以适当多分的首封普通债权人，或者本院没有启用适当多分。")
    if fields:
        raise InvalidInput(msg("分配方案有误，请按提示修改。"), fields=fields, rule="D-03")
    plan = DistributionPlan(
        id=new_id(),
        proceeds_id=proceeds.id,
        version=await next_version(work, proceeds.id),
        is_simple=is_simple(len(admitted), reserved=any(not each.is_confirmed for each in admitted)),
        sharing=sharing,
        sharing_reason=reason,
        bonus_claim_id=UUID(first.id) if first else None,
        bonus_percent=legal().first_seal_bonus_percent if first else "0",
        bonus_of_residue=legal().first_seal_bonus_base == "residue",
        bonus_reason=bonus_reason,
        gross_fen=proceeds.gross_fen,
        surplus_fen=0,
        claims=stored_claims(admitted, terms),
        drafted_by=work.actor.account_id,
        drafted_at=work.now,
    )
    write_division(plan, await reckon(work, proceeds, plan))
    work.session.add(plan)
    proceeds.state = S.PLAN_DRAFT
    await work.session.flush()
    await note_proceeds(
        work,
        proceeds,
        "plan.drafted",
        "D-03",
        version=plan.version,
        sharing=sharing,
        surplus_fen=plan.surplus_fen,
    )
    await tell_court(
        work,
        proceeds.court_code,
        Role.PANEL_MEMBER,
        key=f"plan:{plan.id}",
        title=msg("分配方案待批准"),
        body=msg("“{title}”的案款分配方案已经拟定，请合议庭审核。", title=proceeds.title),
        link=f"/team/proceeds/{proceeds.id}",
    )
    return plan


async def take_draft_back(work: Work, proceeds_id: UUID) -> Proceeds:
    """Give a draft up, so that costs or claims can be corrected. Raises `RuleViolation`, `NotPermitted`."""
    proceeds = await proceeds_for_update(work, proceeds_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    check_transition(S(proceeds.state), S.COSTED)
    plan = await open_plan(work, proceeds.id)
    assert plan is not None
    plan.state = PlanState.DROPPED
    proceeds.state = S.COSTED
    await note_proceeds(work, proceeds, "plan.taken_back", "D-03", version=plan.version)
    return proceeds


async def next_version(work: Work, proceeds_id: UUID) -> int:
    """The number of the next version of a distribution's plan."""
    newest = await work.session.exec(
        select(func.coalesce(func.max(DistributionPlan.version), 0)).where(
            DistributionPlan.proceeds_id == proceeds_id
        )
    )
    return newest.one() + 1


async def following(
    work: Work, plan: DistributionPlan, *, claims: Sequence[Mapping[str, Any]], why: str
) -> DistributionPlan:
    """The next version of an approved plan: the same decision over other `claims`, distributed by without a further window. Its
    lines are still to be reckoned."""
    return DistributionPlan(
        id=new_id(),
        proceeds_id=plan.proceeds_id,
        version=await next_version(work, plan.proceeds_id),
        state=PlanState.FINAL,
        is_simple=plan.is_simple,
        sharing=plan.sharing,
        sharing_reason=plan.sharing_reason,
        bonus_claim_id=plan.bonus_claim_id,
        bonus_percent=plan.bonus_percent,
        bonus_of_residue=plan.bonus_of_residue,
        bonus_reason=plan.bonus_reason,
        gross_fen=plan.gross_fen,
        surplus_fen=0,
        claims=list(claims),
        why=why[:500],
        drafted_by=plan.drafted_by,
        drafted_at=work.now,
        members=plan.members,
        minutes=plan.minutes,
        decided_on=plan.decided_on,
        approved_by=plan.approved_by,
        approved_at=plan.approved_at,
        served_at=work.now,
    )


async def open_plan(work: Work, proceeds_id: UUID) -> DistributionPlan | None:
    """The plan that is drafted or served and not final, locked."""
    rows = await work.session.exec(
        select(DistributionPlan)
        .where(
            DistributionPlan.proceeds_id == proceeds_id,
            col(DistributionPlan.state).in_([PlanState.DRAFT, PlanState.SERVED]),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.first()


def _check_claims(claims: Sequence[DistributionClaim]) -> None:
    if waiting := [each for each in claims if each.state == ClaimState.SUBMITTED]:
        raise RuleViolation(
            "D-20",
            msg("还有 {count} 份参与分配申请没有审查。", count=len(waiting)),
            remedy=msg("请先逐份准予列入或者不予列入。"),
        )
    admitted = [each for each in claims if each.state == ClaimState.ADMITTED]
    if not admitted:
        raise RuleViolation("D-03", msg("没有列入分配的债权。"))
    for each in admitted:
        if each.title_fen + each.doubled_fen == 0 or (
            each.rank == Rank.SECURED and each.is_registered and each.since is None
        ):
            raise RuleViolation(
                "D-21",
                msg("“{creditor}”的债权数额或者登记日期尚未核定。", creditor=each.creditor),
                remedy=msg("请在债权表中补全，或者不予列入。"),
            )


async def _terms(work: Work, proceeds: Proceeds, claims: Sequence[DistributionClaim]) -> list[Claim]:
    """The claims as the division takes them, each with the places of its seals."""
    places = {part["asset_id"]: place for place, part in enumerate(proceeds.parts)}
    seals: dict[str, list[tuple[int, int]]] = {}
    for asset_id, place in places.items():
        for seal in await seals_of(work, UUID(asset_id)):
            seals.setdefault(seal.case_no, []).append((place, seal.position))
    return [
        Claim(
            str(each.id),
            Rank(each.rank),
            each.title_fen,
            each.doubled_fen,
            part=places.get(str(each.part_asset_id)) if each.part_asset_id else None,
            since=each.since,
            is_registered=each.is_registered,
            has_title=each.has_title,
            is_confirmed=each.is_confirmed,
            seals=tuple(dict(seals.get(each.case_no, [])).items()) if each.case_no else (),
            group=each.case_no,
        )
        for each in claims
    ]


def _first_seal(terms: Sequence[Claim]) -> Claim | None:
    sealed = [each for each in terms if each.rank is Rank.ORDINARY and dict(each.seals).get(0) == 1]
    return sealed[0] if sealed else None


def _allowed_bonus() -> bool:
    try:
        return Decimal(legal().first_seal_bonus_percent) > 0
    except InvalidOperation:
        return False


def stored_claims(claims: Sequence[DistributionClaim], terms: Sequence[Claim]) -> list[dict[str, Any]]:
    """What a plan was reckoned from, with the names as they stood."""
    return [
        {
            **asdict(term),
            "rank": str(term.rank),
            "since": term.since.isoformat() if term.since else None,
            "creditor": claim.creditor,
            "principal_fen": claim.principal_fen,
            "interest_fen": claim.interest_fen,
            "costs_fen": claim.costs_fen,
        }
        for claim, term in zip(claims, terms, strict=True)
    ]


def read_claims(stored: Sequence[Mapping[str, Any]]) -> list[Claim]:
    """The claims that a plan was reckoned from."""
    return [
        Claim(
            each["id"],
            Rank(each["rank"]),
            each["title_fen"],
            each["doubled_fen"],
            part=each["part"],
            since=date.fromisoformat(each["since"]) if each["since"] else None,
            is_registered=each["is_registered"],
            has_title=each["has_title"],
            is_confirmed=each["is_confirmed"],
            seals=tuple((part, place) for part, place in each["seals"]),
            group=each["group"],
        )
        for each in stored
    ]


async def reckon(
    work: Work, proceeds: Proceeds, plan: DistributionPlan, claims: Sequence[Claim] | None = None
) -> Division:
    """The division of a plan, or what it would be with other `claims`."""
    bonus = (
        Bonus(str(plan.bonus_claim_id), plan.bonus_percent, of_residue=plan.bonus_of_residue)
        if plan.bonus_claim_id
        else None
    )
    return divide(
        [part["gross_fen"] for part in proceeds.parts],
        reckoned(proceeds, await costs_of(work, proceeds.id)),
        read_claims(plan.claims) if claims is None else claims,
        sharing=Sharing(plan.sharing),
        bonus=bonus,
    )


def write_division(plan: DistributionPlan, division: Division) -> None:
    """Keep the lines and what is left."""
    plan.lines = [asdict(line) for line in division.lines]
    plan.surplus_fen = division.surplus_fen


async def names_in(work: Work, proceeds: Proceeds, plan: DistributionPlan) -> dict[str, str]:
    """What each cost and claim of a plan is called."""
    costs = {str(each.id): f"{each.label}（{each.payee}）" for each in await costs_of(work, proceeds.id)}
    return costs | {each["id"]: each["creditor"] for each in plan.claims}

"""Read objections: the filer's own, a court's work-list, what is open on an asset."""

from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, may, require
from disposal_teams.cases.queries import parties_of
from disposal_teams.objections.models import Objection, ObjectionKind, ObjectionState

PAGE = 100


async def open_objections_of(work: Work, asset_id: UUID) -> list[Objection]:
    """Every objection on the asset that is not final, oldest first."""
    rows = await work.session.exec(
        select(Objection)
        .where(Objection.asset_id == asset_id, Objection.state != ObjectionState.FINAL)
        .order_by(col(Objection.submitted_at), col(Objection.id))
    )
    return list(rows)


async def forbids_disposal(work: Work, asset_id: UUID) -> Objection | None:
    """The open objection because of which the asset must not be disposed of now (B-61): a third party's claim without the
    applicant's security, or a conduct objection for which the panel has stayed the sale."""
    for objection in await open_objections_of(work, asset_id):
        is_claim = objection.kind == ObjectionKind.THIRD_PARTY and objection.counter_security_fen == 0
        if is_claim or objection.stays_sale:
            return objection
    return None


async def refuse_while_open(work: Work, asset_id: UUID) -> None:
    """Raise `RuleViolation` while an open objection forbids the disposal of the asset (B-61)."""
    objection = await forbids_disposal(work, asset_id)
    if objection is not None:
        raise RuleViolation(
            "B-61",
            msg(
                "该标的物有执行异议正在处理（{number}），暂不能裁定过户。",
                number=objection.number or msg("待立案"),
            ),
            remedy=msg("异议程序终结后再办理。"),
        )


async def own_objections(work: Work) -> list[Objection]:
    """What the actor has raised, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(Objection)
        .where(Objection.filer_account_id == work.actor.account_id)
        .order_by(col(Objection.submitted_at).desc())
        .limit(PAGE)
    )
    return list(rows)


async def may_follow(work: Work, objection: Objection) -> None:
    """Raise `NotFound` unless the actor is the filer or a party of the case: to others the objection does not exist."""
    account_id = work.actor.account_id
    if account_id is not None:
        if objection.filer_account_id == account_id:
            return
        parties = await parties_of(work, objection.case_id)
        if any(party.account_id == account_id for party in parties):
            return
    raise NotFound(msg("没有找到该异议。"))


async def followed_objection(work: Work, objection_id: UUID) -> Objection:
    """An objection for its filer or a party. Raises `NotFound`."""
    objection = await work.session.get(Objection, objection_id)
    if objection is None:
        raise NotFound(msg("没有找到该异议。"))
    await may_follow(work, objection)
    return objection


async def objections_of_court(work: Work, court_code: str, *, only_open: bool = True) -> list[Objection]:
    """What a court decides or reviews, oldest first (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = select(Objection).where(
        (col(Objection.court_code) == court_code) | (col(Objection.review_court) == court_code)
    )
    if only_open:
        query = query.where(col(Objection.state) != ObjectionState.FINAL)
    rows = await work.session.exec(query.order_by(col(Objection.submitted_at), col(Objection.id)).limit(PAGE))
    return list(rows)


async def open_objection_file(work: Work, objection_id: UUID) -> Objection:
    """An objection for its page in the court: of the deciding or the reviewing court (P-03). Raises `NotFound`."""
    require(work.actor, Permission.SEE_COURT_FILES)
    objection = await work.session.get(Objection, objection_id)
    if objection is not None:
        for court in (objection.court_code, objection.review_court):
            if court is not None and may(work.actor, Permission.SEE_COURT_FILES, court_code=court):
                return objection
    raise NotFound(msg("没有找到该异议，或它不属于本院。"), rule="P-03")

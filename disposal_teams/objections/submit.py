"""Raise an objection: a paper comes in (§11.8 FILED; B-60 to B-64). A third party's claim stays the sale at once (B-61)."""

from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.identity.models import Account
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.cases.models import CaseState, Party, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import all_courts
from disposal_teams.objections import rules
from disposal_teams.objections.models import Capacity, Objection, ObjectionKind, ObjectionState, Outcome
from disposal_teams.objections.progress import (
    end,
    lock_for_filer,
    note,
    require_state,
    start_clock,
    stay_sale,
    tell_panel,
)
from disposal_teams.plain_text import clean_text

STAYED_BY_LAW = "案外人对标的物主张权利，审查期间依法暂缓拍卖。"


async def submit_objection(
    work: Work,
    asset_id: UUID,
    *,
    kind: ObjectionKind,
    capacity: Capacity,
    claim: str,
    reasons: str,
    evidence: str = "",
    lot_id: UUID | None = None,
    act_court: str | None = None,
    bought_by_party: bool = False,
    filer_name: str = "",
    valuation_id: UUID | None = None,
) -> Objection:
    """Object against the disposal of an asset. `act_court`: whose act (default: the court in charge).

    For anybody with a confirmed identity, under the real name `filer_name`, which the floor above reads from it; a clerk
    enters what came on paper with the name on it. `valuation_id`: the search for a price whose report is
    meant. Raises `RuleViolation` (B-61, B-62, B-63), `Conflict` (raised already), `InvalidInput`, `NotPermitted`.
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    account = await _filer(work, asset)
    fields: dict[str, Message] = {}
    if account is not None:
        filer_name = filer_name or account.display_name
    name = clean_text(filer_name, "filer_name", fields, longest=80)
    claim = clean_text(claim, "claim", fields, longest=500)
    reasons = clean_text(reasons, "reasons", fields, longest=4000)
    evidence = clean_text(
        evidence, "evidence", fields, longest=2000, required=kind is ObjectionKind.THIRD_PARTY
    )
    if fields:
        raise InvalidInput(msg("异议内容有误，请按提示修改。"), fields=fields, rule="B-60")
    case = await case_of(work, asset.case_id)
    rules.check_kind(kind, capacity)
    if account is not None:
        rules.check_capacity(capacity, _roles(account, await parties_of(work, asset.case_id)))
    progress = rules.Progress(CaseState(case.state), AssetState(asset.state), bought_by_party)
    rules.check_in_time(kind, progress)
    await _refuse_repetition(work, asset, kind, account, valuation_id)
    superiors = {court.code: court.superior_code for court in await all_courts(work)}
    objection = Objection(
        id=new_id(),
        kind=kind,
        capacity=capacity,
        asset_id=asset.id,
        case_id=asset.case_id,
        lot_id=lot_id,
        valuation_id=valuation_id,
        act_court=act_court or asset.court_code,
        court_code=rules.deciding_court(
            act_court=act_court or asset.court_code, current_court=asset.court_code, superiors=superiors
        ),
        filer_account_id=account.id if account else None,
        filer_name=name,
        claim=claim,
        reasons=reasons,
        evidence=evidence,
        submitted_at=work.now,
        is_demo=asset.is_demo,
    )
    work.session.add(objection)
    await work.session.flush()
    await note(work, objection, "submitted", "B-61" if kind is ObjectionKind.THIRD_PARTY else "B-60")
    await start_clock(work, objection, rules.FILING, days=rules.FILING_DAYS, owner=Role.OBJECTION_PANEL)
    if kind is ObjectionKind.THIRD_PARTY and legal().third_party_stays_from_submission:
        await stay_sale(work, objection, STAYED_BY_LAW)
    await tell_panel(
        work,
        objection,
        "submitted",
        msg("收到执行异议"),
        msg(
            "“{title}”收到{kind}，请三日内决定是否立案。",
            title=asset.title,
            kind=msg(rules.KIND_LABELS[kind]),
        ),
    )
    return objection


async def _filer(work: Work, asset: Asset) -> Account | None:
    """The person who objects; None when a clerk enters a paper. Raises `NotPermitted`."""
    if work.actor.is_staff or work.actor.account_id is None:
        require(work.actor, Permission.RECORD_OBJECTION, court_code=asset.court_code)
        return None
    account = await work.session.get(Account, work.actor.account_id)
    assert account is not None
    if account.identity_verified_at is None:
        raise NotPermitted(
            msg("您的实名信息尚未经法院确认，暂不能在线提出异议。可以到法院当面提交。"), rule="B-60"
        )
    return account


def _roles(account: Account, parties: list[Party]) -> list[PartyRole]:
    return [PartyRole(party.role) for party in parties if party.account_id == account.id]


async def _refuse_repetition(
    work: Work, asset: Asset, kind: ObjectionKind, account: Account | None, valuation_id: UUID | None
) -> None:
    if account is None:
        return
    before = await work.session.exec(
        select(Objection)
        .where(
            Objection.asset_id == asset.id,
            Objection.kind == kind,
            Objection.filer_account_id == account.id,
            col(Objection.valuation_id).is_not_distinct_from(valuation_id),
            (col(Objection.state) != ObjectionState.FINAL) | (col(Objection.outcome) == Outcome.DISMISSED),
        )
        .limit(1)
    )
    found = before.first()
    if found is None:
        return
    if found.is_open:
        raise Conflict(msg("您对该标的物提出的异议正在处理，请勿重复提出。"), rule="B-60")
    raise Conflict(msg("您对该标的物的异议已经裁定驳回，不能以同一理由再次提出。"), rule="B-60")


async def supplement_objection(work: Work, objection_id: UUID, *, evidence: str) -> Objection:
    """Hand in what the court asked for, within three days and once (B-60). Raises `RuleViolation`, `InvalidInput`."""
    objection = await lock_for_filer(work, objection_id)
    fields: dict[str, Message] = {}
    evidence = clean_text(evidence, "evidence", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("请填写补充的材料。"), fields=fields, rule="B-60")
    if objection.supplement_asked_at is None or objection.supplemented_at is not None:
        raise Conflict(msg("法院没有要求补充材料，或者已经补充。"), rule="B-60")
    objection.evidence = f"{objection.evidence}\n{evidence}".strip()[:2000]
    objection.supplemented_at = work.now
    await note(work, objection, "supplemented", "B-60")
    await tell_panel(work, objection, "supplemented", msg("异议人已补充材料"), msg("请三日内决定是否立案。"))
    return objection


async def withdraw_objection(work: Work, objection_id: UUID) -> Objection:
    """The filer takes the objection back before the ruling. Raises `RuleViolation`."""
    objection = await lock_for_filer(work, objection_id)
    require_state(objection, ObjectionState.FILED, ObjectionState.UNDER_REVIEW)
    await end(work, objection, Outcome.WITHDRAWN, event="withdrawn", rule="B-60")
    return objection

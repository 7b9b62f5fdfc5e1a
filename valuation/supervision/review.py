"""Ask for the review of a price by way of supervision, and decide it (V-32)."""

from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.deadlines import also_kept_in, meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import period_end
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.legal_settings import legal
from core.notices import notify
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.cases.models import Party
from disposal_teams.courts.queries import court_of
from disposal_teams.plain_text import clean_text
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.objections.models import ReportObjection, ReportObjectionState
from valuation.objections.progress import require_objector, supersede
from valuation.queries import valuation_for_update
from valuation.supervision import rules
from valuation.supervision.models import PriceSupervision, SupervisionGround, SupervisionOutcome

also_kept_in("V-32", table=PriceSupervision, end="due_at")


async def ask_supervision(
    work: Work,
    valuation_id: UUID,
    party_id: UUID,
    *,
    ground: SupervisionGround,
    evidence: str,
    paper_ref: str = "",
) -> PriceSupervision:
    """A person of the case asks the court above to review the price (V-32): itself, or the court from its paper.

    Raises `RuleViolation`, `InvalidInput` by field, `NotPermitted`.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    party = await require_objector(work, party_id, asset)
    fields: dict[str, Message] = {}
    by_court = party.account_id is None or party.account_id != work.actor.account_id
    evidence = clean_text(evidence, "evidence", fields, longest=2000)
    paper_ref = clean_text(paper_ref, "paper_ref", fields, longest=120, required=by_court)
    if fields:
        raise InvalidInput(msg("申请没有提交，请按提示修改。"), fields=fields, rule="V-32")
    rules.check_request(
        ValuationMethod(valuation.method),
        ValuationState(valuation.state),
        ground,
        is_noticed=asset.first_listed_at is not None,
        has_open=await open_request(work, valuation_id, party_id) is not None,
        objection_handled=await _objection_handled(work, valuation_id),
    )
    request = PriceSupervision(
        id=new_id(),
        valuation_id=valuation_id,
        party_id=party_id,
        ground=ground,
        evidence=evidence,
        paper_ref=paper_ref if by_court else "",
        filed_by=work.actor.account_id,
        filed_at=work.now,
        due_at=period_end(work.now, days=legal().price_supervision_days),
    )
    work.session.add(request)
    await work.session.flush()
    court = await court_of(work, asset.court_code)
    await open_deadline(
        work,
        "V-32",
        subject_kind="price_supervision",
        subject_id=request.id,
        owner_role=Role.INTERMEDIATE_COURT,
        owner_court=court.superior_code or asset.court_code,
        days=legal().price_supervision_days,
        asset_id=asset.id,
        case_id=asset.case_id,
    )
    await note_valuation(
        work,
        asset,
        valuation_id,
        "valuation.supervision_asked",
        "V-32",
        request=str(request.id),
        party=str(party_id),
        ground=str(ground),
    )
    return request


async def decide_supervision(
    work: Work, request_id: UUID, *, outcome: SupervisionOutcome, reasons: str
) -> PriceSupervision:
    """The court above decides (V-32). Set aside, the price counts no more and the court below begins anew.

    Raises `RuleViolation` (the notice is out), `Conflict` (decided before), `InvalidInput`, `NotPermitted`.
    """
    require(work.actor, Permission.ORDER_COURTS)
    found = await work.session.get(PriceSupervision, request_id)
    if found is None:
        raise NotFound(msg("没有找到该执行监督申请。"))
    valuation, asset = await valuation_for_update(work, found.valuation_id)
    await work.session.refresh(found, with_for_update=True)
    if found.outcome is not None:
        raise Conflict(msg("该申请已经办结。"), rule="V-32")
    fields: dict[str, Message] = {}
    reasons = clean_text(reasons, "reasons", fields, longest=2000)
    if fields:
        raise InvalidInput(msg("请写明审查理由。"), fields=fields, rule="V-32")
    if outcome is SupervisionOutcome.SET_ASIDE:
        rules.check_set_aside(ValuationState(valuation.state), is_noticed=asset.first_listed_at is not None)
        await _set_aside(work, valuation, asset)
    found.outcome, found.reasons = outcome, reasons
    found.decided_by, found.decided_at = work.actor.account_id, work.now
    await work.session.flush()
    await meet_deadline(
        work,
        "V-32",
        subject_kind="price_supervision",
        subject_id=found.id,
        done_event="valuation.supervision_decided",
    )
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.supervision_decided",
        "V-32",
        request=str(found.id),
        outcome=str(outcome),
        reasons=reasons,
    )
    await _tell(work, found, asset)
    return found


async def _set_aside(work: Work, valuation: Valuation, asset: Asset) -> None:
    await supersede(work, valuation, asset)
    valuation.state, valuation.ended_reason = ValuationState.WITHDRAWN, "执行监督：参考价被撤销"
    await waive_deadline(
        work, "L-08", subject_kind="asset", subject_id=asset.id, reason="valuation.supervision_decided"
    )
    if (asset.resume_state or asset.state) == AssetState.READY_TO_LIST:
        await advance_asset(
            work, asset, AssetState.VALUATION, reason="参考价经执行监督撤销，重新确定", rule="V-32"
        )


async def _tell(work: Work, request: PriceSupervision, asset: Asset) -> None:
    party = await work.session.get_one(Party, request.party_id)
    if party.account_id is None or request.outcome is None:
        return
    await notify(
        work,
        account_id=party.account_id,
        key=f"price-supervision:{request.id}",
        title=msg("执行监督申请已经办结"),
        body=msg(
            "“{title}”：{outcome}。{reasons}",
            title=asset.title,
            outcome=rules.OUTCOME_LABELS[SupervisionOutcome(request.outcome)],
            reasons=request.reasons[:200],
        ),
        link=f"/my/price-reviews/{request.valuation_id}",
        confidential=True,
    )


async def open_request(work: Work, valuation_id: UUID, party_id: UUID) -> PriceSupervision | None:
    """The person's request that is not decided yet."""
    found = await work.session.exec(
        select(PriceSupervision).where(
            PriceSupervision.valuation_id == valuation_id,
            PriceSupervision.party_id == party_id,
            col(PriceSupervision.outcome).is_(None),
        )
    )
    return found.first()


async def _objection_handled(work: Work, valuation_id: UUID) -> bool:
    closed = await work.session.exec(
        select(ReportObjection.id)
        .where(
            ReportObjection.valuation_id == valuation_id,
            ReportObjection.state == ReportObjectionState.CLOSED,
        )
        .limit(1)
    )
    return closed.first() is not None

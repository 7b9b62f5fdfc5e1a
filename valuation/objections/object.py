"""Object to a report, and take the objection back (V-31, V-32)."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.ids import new_id
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.objections.models import Capacity, Objection, ObjectionKind
from disposal_teams.objections.submit import submit_objection, withdraw_objection
from disposal_teams.plain_text import clean_text
from valuation.appraisal.models import ResultService
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.objections import rules
from valuation.objections.answer import send_if_possible
from valuation.objections.effects import settle_inquiry
from valuation.objections.models import (
    ObjectionGround,
    ReportObjection,
    ReportObjectionOutcome,
    ReportObjectionState,
)
from valuation.objections.progress import (
    close,
    lock_report_objection,
    moment_in_lock,
    note,
    require_objector,
    settle_state,
)
from valuation.online_inquiry.review import carrying_inquiries
from valuation.queries import valuation_for_update
from valuation.rules import AFTER_REPORT_STATES

CAPACITIES = {
    PartyRole.APPLICANT: Capacity.PARTY,
    PartyRole.DEBTOR: Capacity.PARTY,
    PartyRole.WAITING_SEAL_CREDITOR: Capacity.WAITING_SEAL_CREDITOR,
}


async def object_to_report(
    work: Work,
    valuation_id: UUID,
    party_id: UUID,
    *,
    grounds: Collection[ObjectionGround],
    reasons: str,
    platforms: Collection[str] = (),
    paper_ref: str = "",
) -> ReportObjection:
    """Object in writing, within five days of the own receipt and once (V-31): the person itself, or the court from its paper.

    What concerns basics, scope, qualification or procedure goes before the objection panel; standards, method and result go to
    the firm, after the panel where both are raised. `platforms`: whose reports are meant, in an online inquiry.
    Raises `RuleViolation` (V-31, V-32), `InvalidInput` by field, `NotPermitted`, and what `submit_objection` raises.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    party = await require_objector(work, party_id, asset)
    now = await moment_in_lock(work)
    method = ValuationMethod(valuation.method)
    rules.check_method(method)
    service = await _service(work, valuation, party)
    rules.check_window(
        now=now,
        window_ends_at=service.window_ends_at if service else None,
        is_fixed=valuation.state == ValuationState.FIXED,
    )
    assert service is not None
    await _refuse_second(work, service)
    if valuation.state not in AFTER_REPORT_STATES | {ValuationState.COURT_REVIEW}:
        raise RuleViolation("V-31", msg("参考价程序目前不接受异议；暂缓期间异议期停止计算，恢复后再提出。"))
    wanted, reasons, paper_ref = await _checked(
        work, valuation, party, grounds, reasons, platforms, paper_ref
    )
    rules.check_grounds(method, wanted)
    objection = ReportObjection(
        id=new_id(),
        valuation_id=valuation.id,
        service_id=service.id,
        party_id=party.id,
        grounds=sorted(wanted),
        platforms=sorted(platforms) if method is ValuationMethod.ONLINE_INQUIRY else [],
        reasons=reasons,
        paper_ref=paper_ref,
        filed_by=work.actor.account_id,
        filed_at=now,
        state=rules.first_state(wanted),
    )
    if objection.state == ReportObjectionState.RULING:
        objection.objection_id = (await _before_panel(work, asset, valuation, party, objection)).id
    work.session.add(objection)
    await work.session.flush()
    await note(work, asset, objection, "filed", party=str(party.id), grounds=objection.grounds)
    if objection.state == ReportObjectionState.SENDING:
        await send_if_possible(work, valuation, asset, objection)
    await settle_inquiry(work, valuation, asset)
    await settle_state(work, valuation)
    return objection


async def _service(work: Work, valuation: Valuation, party: Party) -> ResultService | None:
    return (
        await work.session.exec(
            select(ResultService).where(
                ResultService.valuation_id == valuation.id,
                ResultService.party_id == party.id,
                col(ResultService.is_superseded).is_(False),
            )
        )
    ).first()


async def _refuse_second(work: Work, service: ResultService) -> None:
    before = (
        await work.session.exec(select(ReportObjection).where(ReportObjection.service_id == service.id))
    ).first()
    if before is not None:
        outcome = ReportObjectionOutcome(before.outcome) if before.outcome else None
        raise rules.refuse_second(outcome)


async def _checked(
    work: Work,
    valuation: Valuation,
    party: Party,
    grounds: Collection[ObjectionGround],
    reasons: str,
    platforms: Collection[str],
    paper_ref: str,
) -> tuple[set[ObjectionGround], str, str]:
    fields: dict[str, Message] = {}
    reasons = clean_text(reasons, "reasons", fields, longest=2000)
    by_court = party.account_id is None or party.account_id != work.actor.account_id
    paper_ref = clean_text(paper_ref, "paper_ref", fields, longest=120, required=by_court)
    if not grounds:
        fields["grounds"] = msg("请至少选择一项异议事由。")
    if valuation.method == ValuationMethod.ONLINE_INQUIRY:
        known = {each.platform_code for each in await carrying_inquiries(work, valuation.id)}
        if not platforms or not set(platforms) <= known:
            fields["platforms"] = msg("请选择异议所针对的平台报告。")
    if fields:
        raise InvalidInput(msg("异议没有提交，请按提示修改。"), fields=fields, rule="V-31")
    return set(grounds), reasons, paper_ref if by_court else ""


async def _before_panel(
    work: Work, asset: Asset, valuation: Valuation, party: Party, objection: ReportObjection
) -> Objection:
    """The same objection as a case before the objection panel (art. 22: as an objection against an act of enforcement)."""
    named = "、".join(
        str(rules.GROUND_LABELS[each]) for each in ObjectionGround if each in set(objection.grounds)
    )
    return await submit_objection(
        work,
        asset.id,
        kind=ObjectionKind.CONDUCT,
        capacity=CAPACITIES.get(PartyRole(party.role), Capacity.OTHER_INTERESTED),
        claim=f"对处置参考价报告的异议：{named}",
        reasons=objection.reasons,
        filer_name=party.name,
        valuation_id=valuation.id,
    )


async def withdraw_report_objection(work: Work, objection_id: UUID) -> ReportObjection:
    """The objector takes it back; it cannot be raised again (V-32). Raises `RuleViolation` when it is closed, `NotPermitted`."""
    objection, valuation, asset = await lock_report_objection(work, objection_id)
    await require_objector(work, objection.party_id, asset)
    if not objection.is_open:
        raise RuleViolation("V-31", msg("该异议已经办结，不能撤回。"))
    if objection.state == ReportObjectionState.RULING:
        assert objection.objection_id is not None
        await withdraw_objection(work, objection.objection_id)
    await close(work, objection, asset, ReportObjectionOutcome.WITHDRAWN)
    await settle_inquiry(work, valuation, asset)
    await settle_state(work, valuation)
    return objection

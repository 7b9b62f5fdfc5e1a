"""Serve the appraisal result on the persons concerned and record its receipt (V-30, V-31, L-05, L-06)."""

from datetime import datetime
from uuid import UUID

from sqlmodel import select

from core.database import Work
from core.deadlines.rules import period_end
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.notices import notify
from disposal_teams.assets.models import Asset
from disposal_teams.assets.note import note_asset
from disposal_teams.cases.models import Party
from disposal_teams.cases.queries import parties_of
from disposal_teams.plain_text import clean_text
from valuation import rules
from valuation.appraisal.demands import check_nothing_owed
from valuation.appraisal.models import ResultService, ServiceWay
from valuation.appraisal.papers import issue_result_notice
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.objections.progress import services_of, settle_state
from valuation.queries import valuation_for_update
from valuation.service_clock import report_served


async def serve_results(
    work: Work, valuation_id: UUID, *, way: ServiceWay = ServiceWay.ELECTRONIC
) -> list[ResultService]:
    """Send the result to every person of the case (V-30); who cannot be reached is served by public posting.

    Repeating it serves only persons who joined since. Raises `RuleViolation` (no report yet, no persons).
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if valuation.price_fen is None:
        raise RuleViolation("V-24", msg("还没有评估报告，不能送达。请先填写评估结果。"))
    await check_nothing_owed(work, valuation.id)
    if valuation.state == ValuationState.COURT_REVIEW:
        valuation.state = ValuationState.SERVING
    elif valuation.state not in rules.AFTER_REPORT_STATES:
        rules.check_transition(ValuationState(valuation.state), ValuationState.SERVING)
    parties = await parties_of(work, asset.case_id)
    if not parties:
        raise RuleViolation("V-30", msg("案件中还没有当事人，无法送达。请先登记申请执行人和被执行人。"))
    known = {service.party_id for service in await services_of(work, valuation.id)}
    made = [_service(work, valuation, party, way) for party in parties if party.id not in known]
    work.session.add_all(made)
    await work.session.flush()
    await report_served(work, valuation)
    await _tell(work, asset, made, {party.id: party for party in parties})
    await settle_state(work, valuation)
    # A corrected result is another notice to everybody (V-30), without another window (V-32).
    await issue_result_notice.later(
        work, key=f"{valuation.id}:{len(known) + len(made)}:{valuation.price_fen}", valuation_id=valuation.id
    )
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.result_served",
        "V-30",
        persons=len(made),
        posted=sum(service.way == ServiceWay.PUBLIC_POSTING for service in made),
    )
    return made


async def _tell(work: Work, asset: Asset, services: list[ResultService], parties: dict[UUID, Party]) -> None:
    """To persons with an account the result also goes there, with the way to object."""
    for service in services:
        account_id = parties[service.party_id].account_id
        if account_id is not None:
            await notify(
                work,
                account_id=account_id,
                key=f"valuation-result:{service.id}",
                title=msg("处置参考价结果已送达"),
                body=msg("“{title}”的报告已经出具。有异议的，请在收到之日起五日内提出。", title=asset.title),
                link=f"/my/reports/{service.valuation_id}",
                confidential=True,
            )


def _service(work: Work, valuation: Valuation, party: Party, way: ServiceWay) -> ResultService:
    service = ResultService(
        id=new_id(), valuation_id=valuation.id, party_id=party.id, way=str(way), sent_at=work.now
    )
    if not party.is_reachable:
        service.way = ServiceWay.PUBLIC_POSTING
        # A posting is received by passing of time: nobody has to record it (V-30).
        service.received_at = period_end(work.now, days=rules.POSTING_DAYS, extend_over_holidays=False)
        service.proof = "公告送达"
        service.window_ends_at = _window_end(service.received_at)
    return service


def _window_end(received_at: datetime) -> datetime:
    return period_end(received_at, days=rules.OBJECTION_DAYS)


async def record_receipt(work: Work, service_id: UUID, *, received_at: datetime, proof: str) -> ResultService:
    """Record that a person received the result, with the proof (delivery number, signed slip). Opens the 5 days of V-31.

    Raises `InvalidInput` (time before sending or in the future, no proof), `Conflict` (already recorded).
    """
    service = (
        await work.session.exec(select(ResultService).where(ResultService.id == service_id).with_for_update())
    ).first()
    if service is None:
        raise NotFound(msg("没有找到该送达记录。"))
    valuation, asset = await valuation_for_update(work, service.valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if service.received_at is not None or service.is_superseded:
        raise Conflict(msg("该送达已有签收记录，不能重复登记。"), rule="V-30")
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    if received_at < service.sent_at:
        fields["received_at"] = msg("签收时间不能早于发出时间。")
    elif received_at > work.now:
        fields["received_at"] = msg("签收时间不能晚于现在。")
    if fields:
        raise InvalidInput(msg("签收记录有误，请按提示修改。"), fields=fields, rule="V-30")
    service.received_at = received_at
    service.proof = proof
    service.window_ends_at = _window_end(received_at)
    await work.session.flush()
    await settle_state(work, valuation)
    await _note_receipt(work, asset, service)
    return service


async def _note_receipt(work: Work, asset: Asset, service: ResultService) -> None:
    await note_asset(
        work,
        asset,
        "valuation.result_received",
        "V-31",
        service=str(service.id),
        window_ends_at=service.window_ends_at,
    )

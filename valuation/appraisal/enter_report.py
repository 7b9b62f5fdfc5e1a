"""Enter what an appraisal firm reports (V-23, V-24, V-33)."""

from datetime import date
from uuid import UUID

from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.plain_text import clean_text
from valuation import rules
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.models import AppraisalEngagement, AppraisalReport, EngagementState
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.queries import valuation_for_update

WRONG = msg("评估结果有误，请按提示修改。")


async def enter_appraisal_report(
    work: Work,
    valuation_id: UUID,
    *,
    firm: str,
    report_no: str,
    price_fen: int,
    price_again_fen: int,
    appraised_on: date,
    valid_until: date,
    unusual_reason: str = "",
    registry_no: str = "",
) -> AppraisalReport:
    """Enter the report of an appraisal firm. The price is typed twice; an unusual one needs a reason.

    Prices in fen. `firm` and `registry_no` as the report says them: those of another firm or asset are refused (V-24).
    A second report of the same valuation replaces the first until the result has been served.
    Raises `InvalidInput` by field, `RuleViolation` (§11.2), `Conflict` (report number used for another asset).
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if valuation.method != ValuationMethod.APPRAISAL:
        raise RuleViolation("V-02", msg("该参考价程序不是委托评估，不能填写评估报告。"))
    if valuation.state not in {
        ValuationState.APPRAISING,
        ValuationState.COURT_REVIEW,
        ValuationState.REISSUE,
    }:
        rules.check_transition(ValuationState(valuation.state), ValuationState.COURT_REVIEW)
    engagement, chosen = await _engaged(work, valuation)
    today = work.now.astimezone(COURT_ZONE).date()
    fields: dict[str, Message] = {}
    firm = clean_text(firm, "firm", fields, longest=80)
    report_no = clean_text(report_no, "report_no", fields, longest=60)
    unusual_reason = clean_text(unusual_reason, "unusual_reason", fields, longest=200, required=False)
    fields |= rules.check_report_dates(appraised_on=appraised_on, valid_until=valid_until, today=today)
    fields |= _firm_problems(firm, chosen, today)
    if registry_no and asset.registry_no and registry_no.strip() != asset.registry_no:
        fields["registry_no"] = msg("报告所载权证号与本标的物不符，请核对是否为其他财产的报告。")
    if not 0 < price_fen <= rules.MAX_PRICE_FEN:
        fields["price"] = msg("评估价须大于 0，且不超过一万亿元。")
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="V-33" if "valid_until" in fields else "V-24")
    rules.check_price_twice(price_fen, price_again_fen)
    _check_unusual(asset, price_fen, unusual_reason)
    used = (
        await work.session.exec(
            select(AppraisalReport).where(
                AppraisalReport.firm == firm, AppraisalReport.report_no == report_no
            )
        )
    ).first()
    if used is not None:
        raise Conflict(msg("该机构的报告编号 {number} 已经录入过，请核对。", number=report_no), rule="V-24")
    report = AppraisalReport(
        id=new_id(),
        valuation_id=valuation.id,
        firm=firm,
        report_no=report_no,
        price_fen=price_fen,
        appraised_on=appraised_on,
        valid_until=valid_until,
        unusual_reason=unusual_reason,
        entered_by=work.actor.account_id,
        entered_at=work.now,
    )
    work.session.add(report)
    valuation.price_fen = price_fen
    valuation.valid_until = valid_until
    valuation.state = ValuationState.COURT_REVIEW
    if engagement is not None and engagement.state == EngagementState.ENTRUSTED:
        engagement.state, engagement.reported_at = EngagementState.REPORTED, work.now
        await meet_deadline(
            work,
            "L-03",
            subject_kind="engagement",
            subject_id=engagement.id,
            done_event="valuation.report_entered",
        )
    await _note(work, valuation, asset, report)
    return report


async def _engaged(
    work: Work, valuation: Valuation
) -> tuple[AppraisalEngagement | None, AppraisalFirm | None]:
    """The firm whose report is expected, with its engagement. None for valuations from before firms were chosen here."""
    at_work = (EngagementState.ENTRUSTED, EngagementState.REPORTED)
    for engagement in reversed(await engagements_of(work, valuation.id)):
        if engagement.state in at_work:
            return engagement, await work.session.get_one(AppraisalFirm, engagement.firm_id)
    return None, None


def _firm_problems(firm: str, chosen: AppraisalFirm | None, today: date) -> dict[str, Message]:
    """What is wrong with the firm that signed (V-24), by field."""
    if chosen is None:
        return {}
    if firm != chosen.name:
        return {"firm": msg("报告出具机构与选定的“{firm}”不一致，不予采用。", firm=chosen.name)}
    if chosen.licence_until < today:
        return {"firm": msg("该机构的资质已于 {day} 到期。", day=chosen.licence_until.isoformat())}
    return {}


def _check_unusual(asset: Asset, price_fen: int, unusual_reason: str) -> None:
    area = None if asset.area_m2 is None else int(asset.area_m2 * 100)
    unusual = rules.unusual_price(AssetKind(asset.kind), price_fen, area_hundredths=area)
    if unusual is not None and not unusual_reason:
        raise InvalidInput(
            WRONG,
            fields={"price": unusual, "unusual_reason": msg("金额确实如此的，请说明理由后再提交。")},
            rule="V-24",
        )


async def _note(work: Work, valuation: Valuation, asset: Asset, report: AppraisalReport) -> None:
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.report_entered",
        "V-24",
        report=str(report.id),
        price_fen=report.price_fen,
        valid_until=report.valid_until.isoformat(),
    )

"""A platform delivers, asks for more time, or withdraws; over the interface, or a person fills it in (V-11)."""

from uuid import UUID

import msgspec
from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.online_inquiry.entrust import inquiries_of
from valuation.online_inquiry.exchange import PlatformReport
from valuation.online_inquiry.models import InquiryPlatform, InquiryState, PlatformInquiry
from valuation.online_inquiry.review import close_when_complete, end_without_reports
from valuation.queries import valuation_for_update
from valuation.rules import latest_validity
from valuation.service_clock import report_received

_HOLDS_IT = (InquiryState.SENT, InquiryState.DELIVERED)
_OPEN_FOR_REPORTS = frozenset({ValuationState.ONLINE_INQUIRY, ValuationState.COURT_REVIEW})


def _is_open(valuation: Valuation) -> bool:
    """Whether the inquiry is what is going on: the reports of one that has failed stay as they are."""
    return valuation.method == ValuationMethod.ONLINE_INQUIRY and valuation.state in _OPEN_FOR_REPORTS


async def deliver_report(
    work: Work, inquiry_id: UUID, report: PlatformReport, *, platform: InquiryPlatform | None = None
) -> PlatformInquiry:
    """Take a report in time, or its correction (V-11, V-12). `platform` delivers itself; otherwise the court enters it.

    Raises `Conflict` (delivered already), `RuleViolation` (V-11: late), `InvalidInput` (validity), `NotPermitted`.
    """
    inquiry, valuation, asset = await _locked(work, inquiry_id, platform)
    is_correction = inquiry.correction_due_at is not None and inquiry.fault is not None
    if inquiry.state == InquiryState.DELIVERED and not is_correction:
        raise Conflict(msg("该平台的报告已经收到，不能重复提交。"), rule="V-11")
    if not _is_open(valuation) or (inquiry.state != InquiryState.SENT and not is_correction):
        raise RuleViolation("V-11", msg("该平台的询价已经结束，报告不予采用。"))
    due_at = inquiry.correction_due_at or inquiry.due_at
    if work.now >= due_at:
        raise RuleViolation(
            "V-11",
            msg(
                "期限已于 {due} 届满，逾期报告不予采用。",
                due=f"{due_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
            ),
        )
    today = work.now.astimezone(COURT_ZONE).date()
    if not today < report.valid_until <= latest_validity(today):
        wrong = msg("有效期须晚于今天，且不超过一年（V-33）。")
        raise InvalidInput(wrong, fields={"valid_until": wrong}, rule="V-33")
    inquiry.state = InquiryState.DELIVERED
    inquiry.price_fen, inquiry.valid_until = report.price_fen, report.valid_until
    inquiry.report_no, inquiry.report = report.report_no, msgspec.to_builtins(report)
    inquiry.delivered_at = work.now
    inquiry.fault = inquiry.reviewed_at = inquiry.correction_due_at = None
    inquiry.objection_dismissed = (
        inquiry.is_objected
    )  # corrected after an objection to all: it may carry the result (V-13)
    await note_valuation(
        work,
        asset,
        inquiry.valuation_id,
        "valuation.platform_delivered",
        "V-11",
        platform=inquiry.platform_code,
        price_fen=report.price_fen,
    )
    await work.session.flush()
    if is_correction:
        await report_received(work, valuation, asset)
    await close_when_complete(work, valuation, asset)
    return inquiry


async def ask_extension(
    work: Work, inquiry_id: UUID, *, platform: InquiryPlatform | None = None
) -> PlatformInquiry:
    """A platform asks for three days more before its period ends. It is granted at the end, if nobody delivered (V-11)."""
    inquiry, valuation, asset = await _locked(work, inquiry_id, platform)
    if (
        not _is_open(valuation)
        or inquiry.state != InquiryState.SENT
        or work.now >= inquiry.due_at
        or inquiry.is_extended
    ):
        raise RuleViolation("V-11", msg("延长期限须在期限届满前申请，且只能延长一次。"))
    inquiry.extension_asked_at = inquiry.extension_asked_at or work.now
    await note_valuation(
        work,
        asset,
        inquiry.valuation_id,
        "valuation.platform_asked_extension",
        "V-11",
        platform=inquiry.platform_code,
    )
    return inquiry


async def record_platform_refusal(
    work: Work, inquiry_id: UUID, *, withdrew: bool, platform: InquiryPlatform | None = None
) -> PlatformInquiry:
    """A platform refuses, or takes its report back before the court has used it."""
    inquiry, valuation, asset = await _locked(work, inquiry_id, platform)
    if not _is_open(valuation) or inquiry.state not in _HOLDS_IT:
        raise RuleViolation("V-11", msg("该询价已经结束，不能撤回报告。"))
    inquiry.state = InquiryState.WITHDRAWN if withdrew else InquiryState.REFUSED
    inquiry.price_fen = inquiry.valid_until = inquiry.delivered_at = None
    inquiry.fault = inquiry.reviewed_at = inquiry.correction_due_at = None
    await note_valuation(
        work,
        asset,
        inquiry.valuation_id,
        f"valuation.platform_{inquiry.state}",
        "V-11",
        platform=inquiry.platform_code,
    )
    await work.session.flush()
    await close_when_complete(work, valuation, asset)
    await end_without_reports(work, valuation, asset)
    return inquiry


async def _locked(
    work: Work, inquiry_id: UUID, platform: InquiryPlatform | None
) -> tuple[PlatformInquiry, Valuation, Asset]:
    valuation_id = (
        await work.session.exec(select(PlatformInquiry.valuation_id).where(PlatformInquiry.id == inquiry_id))
    ).first()
    if valuation_id is None:
        raise NotFound(msg("没有找到该询价。"))
    valuation, asset = await valuation_for_update(work, valuation_id)
    inquiry = next(
        each for each in await inquiries_of(work, valuation_id, lock=True) if each.id == inquiry_id
    )
    if platform is None:
        require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    elif platform.code != inquiry.platform_code:
        raise NotPermitted(msg("该询价不是向您的平台发出的。"), rule="V-10")
    return inquiry, valuation, asset

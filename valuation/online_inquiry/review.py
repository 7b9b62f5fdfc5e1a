"""The end of an online inquiry: who was late, who gets more time, the court's check, the mean (V-11 to V-13)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.deadlines import meet_deadline
from core.deadlines.rules import period_end
from core.errors import NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.legal_settings import legal
from disposal_teams.assets.models import Asset
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.online_inquiry import rules
from valuation.online_inquiry.entrust import inquiries_of
from valuation.online_inquiry.models import InquiryState, PlatformInquiry, ReportFault
from valuation.queries import valuation_for_update
from valuation.service_clock import report_not_served, report_received
from valuation.ways.enter import end_step, fail_way
from valuation.ways.models import StepOutcome

D = InquiryState.DELIVERED


async def close_when_complete(work: Work, valuation: Valuation, asset: Asset) -> None:
    """Go on to the court's check as soon as every platform has answered; the caller holds the valuation's lock."""
    if valuation.state != ValuationState.ONLINE_INQUIRY:
        return
    inquiries = await inquiries_of(work, valuation.id, lock=True)
    if any(each.state == InquiryState.SENT for each in inquiries):
        return
    await meet_deadline(
        work, "L-02", subject_kind="valuation", subject_id=valuation.id, done_event="valuation.inquiry_ended"
    )
    delivered = [each for each in inquiries if each.state == D]
    if not delivered:
        await fail_way(work, valuation, asset, StepOutcome.SILENT, note="全部平台未在期限内出具报告")
        return
    for inquiry, suspect in zip(
        delivered, rules.suspects([each.price_fen or 0 for each in delivered]), strict=True
    ):
        if suspect:
            inquiry.fault = ReportFault.SUSPECT_UNIT
    valuation.state = ValuationState.COURT_REVIEW
    await report_received(work, valuation, asset)
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.inquiry_ended",
        "V-11",
        delivered=len(delivered),
    )


def _under_review(valuation: Valuation) -> bool:
    """Whether platform reports are being checked: never those of an inquiry that an appraisal has followed."""
    return (
        valuation.method == ValuationMethod.ONLINE_INQUIRY and valuation.state == ValuationState.COURT_REVIEW
    )


async def end_without_reports(work: Work, valuation: Valuation, asset: Asset) -> None:
    """Every report under review was taken back: there is nothing to check, an appraisal follows (V-02)."""
    if not _under_review(valuation):
        return
    if any(each.state == D for each in await inquiries_of(work, valuation.id, lock=True)):
        return
    await report_not_served(work, valuation, reason="valuation.reports_withdrawn")
    await fail_way(work, valuation, asset, StepOutcome.IMPOSSIBLE, note="平台报告均已撤回")


async def end_due_platforms(work: Work, *, limit: int = 100) -> int:
    """Close what is due: extend where V-11 grants it, mark the others late; returns how many valuations. For the sweep."""
    due = await work.session.exec(
        select(Valuation, Asset)
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            Valuation.is_current,
            Valuation.state == ValuationState.ONLINE_INQUIRY,
            select(PlatformInquiry.id)
            .where(
                PlatformInquiry.valuation_id == Valuation.id,
                PlatformInquiry.state == InquiryState.SENT,
                col(PlatformInquiry.due_at) <= work.now,
            )
            .exists(),
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Valuation)
    )
    found = due.all()
    for valuation, asset in found:
        inquiries = await inquiries_of(work, valuation.id, lock=True)
        anyone = any(each.state == D for each in inquiries)
        for inquiry in inquiries:
            if inquiry.state != InquiryState.SENT or inquiry.due_at > work.now:
                continue
            asked = inquiry.extension_asked_at
            if (
                asked is not None
                and not inquiry.is_extended
                and rules.extension_granted(asked_at=asked, due_at=inquiry.due_at, anyone_delivered=anyone)
            ):
                inquiry.is_extended = True
                inquiry.due_at = period_end(inquiry.sent_at, days=rules.REPORT_DAYS + rules.EXTENSION_DAYS)
                continue
            inquiry.state = InquiryState.LATE
        await work.session.flush()
        await close_when_complete(work, valuation, asset)
    return len(found)


async def review_report(work: Work, inquiry_id: UUID, *, fault: ReportFault | None) -> PlatformInquiry:
    """Record the court's check of one report (V-12): clean, or what is wrong. Raises `RuleViolation`, `NotFound`."""
    valuation_id = (
        await work.session.exec(select(PlatformInquiry.valuation_id).where(PlatformInquiry.id == inquiry_id))
    ).first()
    if valuation_id is None:
        raise NotFound(msg("没有找到该询价。"))
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    inquiry = next(
        each for each in await inquiries_of(work, valuation_id, lock=True) if each.id == inquiry_id
    )
    if not _under_review(valuation) or inquiry.state != D:
        raise RuleViolation("V-12", msg("该报告不在审查阶段。"))
    inquiry.fault, inquiry.reviewed_at = fault, work.now
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.platform_report_reviewed",
        "V-12",
        platform=inquiry.platform_code,
        fault=fault and str(fault),
    )
    return inquiry


async def finish_review(work: Work, valuation_id: UUID) -> Valuation:
    """Draw the conclusion from the checks (V-12, V-13): the mean, or corrections by all within three days.

    Raises `RuleViolation` while a report is unchecked.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    delivered = [each for each in await inquiries_of(work, valuation_id, lock=True) if each.state == D]
    if not _under_review(valuation) or not delivered:
        raise RuleViolation("V-12", msg("没有待审查的网络询价报告。"))
    if any(each.reviewed_at is None for each in delivered):
        raise RuleViolation("V-12", msg("还有报告没有审查，请逐份审查后再作结论。"))
    faults = [ReportFault(each.fault) if each.fault else None for each in delivered]
    if rules.corrections_owed(faults):
        await demand_corrections(work, valuation, asset, delivered)
        return valuation
    carrying = await carrying_inquiries(work, valuation_id)
    if not await set_mean(work, valuation, asset, carrying):
        raise RuleViolation("V-13", msg("没有可以采用的平台报告，请等待补正或者转入委托评估。"))
    return valuation


async def demand_corrections(
    work: Work, valuation: Valuation, asset: Asset, wrong: Sequence[PlatformInquiry]
) -> None:
    """These reports are to be corrected within three days (V-12): found so in the review, or by objections to all (V-13)."""
    due_at = period_end(work.now, days=rules.CORRECTION_DAYS)
    for inquiry in wrong:
        inquiry.fault = inquiry.fault or ReportFault.WRONG_BASICS
        inquiry.correction_due_at = due_at
        inquiry.corrections += 1
    await work.session.flush()
    await report_not_served(work, valuation, reason="valuation.corrections_demanded")
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.corrections_demanded",
        "V-12",
        due_at=due_at.isoformat(),
    )


async def end_due_corrections(work: Work, *, limit: int = 100) -> int:
    """Nobody corrected in three days: the inquiry has failed and an appraisal follows (V-02, V-12). For the sweep."""
    due = await work.session.exec(
        select(Valuation, Asset)
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            Valuation.is_current,
            Valuation.state == ValuationState.COURT_REVIEW,
            select(PlatformInquiry.id)
            .where(
                PlatformInquiry.valuation_id == Valuation.id,
                col(PlatformInquiry.correction_due_at) <= work.now,
            )
            .exists(),
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Valuation)
    )
    found = due.all()
    for valuation, asset in found:
        inquiries = await inquiries_of(work, valuation.id, lock=True)
        for inquiry in inquiries:
            inquiry.correction_due_at = None
        if all(each.fault is not None for each in inquiries if each.state == D):
            await fail_way(
                work, valuation, asset, StepOutcome.IMPOSSIBLE, note="报告均有错误且未在期限内补正"
            )
    return len(found)


async def carrying_inquiries(work: Work, valuation_id: UUID) -> list[PlatformInquiry]:
    """The delivered reports that can carry the result: without those found wrong, unless the setting says otherwise (V-12)."""
    clean_only = legal().inquiry_mean_of_clean_reports
    return [
        each
        for each in await inquiries_of(work, valuation_id, lock=True)
        if each.state == D and (each.fault is None or not clean_only)
    ]


async def set_mean(
    work: Work, valuation: Valuation, asset: Asset, carrying: Sequence[PlatformInquiry]
) -> bool:
    """Take the mean of the reports that carry the result after objections (V-13); False when none is left."""
    price_fen = rules.result_fen(
        [
            rules.Delivered(each.price_fen, each.is_objected, each.objection_dismissed)
            for each in carrying
            if each.price_fen is not None
        ]
    )
    if price_fen is None:
        return False
    valid_until = rules.validity([each.valid_until for each in carrying if each.valid_until])
    if (price_fen, valid_until) == (valuation.price_fen, valuation.valid_until):
        return True
    valuation.price_fen, valuation.valid_until = price_fen, valid_until
    await end_step(work, valuation, asset, StepOutcome.PRICED)
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.inquiry_result",
        "V-13",
        price_fen=valuation.price_fen,
        reports=len(carrying),
    )
    return True

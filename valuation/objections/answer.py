"""The firm's answer to an objection against standards, method or result (V-31, L-07), and whether it settles the matter."""

from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, meet_deadline, open_deadline
from core.deadlines.rules import period_end
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from core.legal_settings import legal
from core.notices import notify
from core.pdf_check import CheckedPdf
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from disposal_teams.plain_text import clean_text
from valuation.appraisal.demands import reporting_firm
from valuation.appraisal.take_report import Figures, take_report
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationState
from valuation.objections import rules
from valuation.objections.models import ReportObjection, ReportObjectionOutcome, ReportObjectionState
from valuation.objections.papers import begin_review
from valuation.objections.progress import (
    close,
    lock_report_objection,
    moment_in_lock,
    note,
    require_objector,
    require_state,
    settle_state,
)
from valuation.rules import AFTER_REPORT_STATES

S = ReportObjectionState
RUNNING = AFTER_REPORT_STATES | {ValuationState.COURT_REVIEW}
"""States of a valuation in which the clocks of its objections run."""

also_kept_in("L-07", table=ReportObjection, end="answer_due_at")


async def send_if_possible(
    work: Work, valuation: Valuation, asset: Asset, objection: ReportObjection
) -> None:
    """To a firm that works through the portal the objection goes at once; else the court has three days to send it (L-07)."""
    firm = await _firm(work, valuation)
    if firm is not None and firm.account_id is not None:
        await _sent(work, asset, objection, firm)
        return
    await open_deadline(
        work,
        "L-07送交",
        subject_kind="report_objection",
        subject_id=objection.id,
        owner_role=Role.DISPOSAL_TEAM,
        owner_court=asset.court_code,
        days=rules.SEND_DAYS,
        asset_id=asset.id,
        case_id=asset.case_id,
    )


async def send_to_firm(work: Work, objection_id: UUID) -> ReportObjection:
    """The court has handed the objection to the firm: its five days run (L-07). Raises `RuleViolation`, `NotPermitted`."""
    objection, valuation, asset = await lock_report_objection(work, objection_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    require_state(objection, S.SENDING)
    await meet_deadline(
        work,
        "L-07送交",
        subject_kind="report_objection",
        subject_id=objection.id,
        done_event="report_objection.sent",
    )
    await _sent(work, asset, objection, await _firm(work, valuation))
    return objection


async def _sent(work: Work, asset: Asset, objection: ReportObjection, firm: AppraisalFirm | None) -> None:
    engagement = await reporting_firm(work, objection.valuation_id)
    engagement_id = engagement.id if engagement is not None else None
    objection.state, objection.sent_at = S.ANSWERING, work.now
    objection.answer_due_at = period_end(work.now, days=rules.ANSWER_DAYS)
    await work.session.flush()
    await open_deadline(
        work,
        "L-07",
        subject_kind="report_objection",
        subject_id=objection.id,
        owner_role=Role.APPRAISER,
        owner_court=asset.court_code,
        days=rules.ANSWER_DAYS,
        asset_id=asset.id,
        case_id=asset.case_id,
    )
    await note(work, asset, objection, "sent", due_at=objection.answer_due_at.isoformat())
    if firm is not None and firm.account_id is not None:
        await notify(
            work,
            account_id=firm.account_id,
            key=f"report-objection:{objection.id}",
            title=msg("当事人对评估报告提出异议"),
            body=msg(
                "“{title}”的评估报告收到异议，请在 {day} 前书面说明；逾期的，转入专业技术评审。",
                title=asset.title,
                day=f"{objection.answer_due_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
            ),
            link=f"/appraiser/{engagement_id}",
        )


async def answer_objection(
    work: Work,
    objection_id: UUID,
    *,
    answer: str,
    corrected: tuple[Figures, CheckedPdf | None] | None = None,
) -> ReportObjection:
    """The firm explains itself, or corrects its report with it (V-31); the court may enter what came on paper.

    The objector is told and may contest. Raises `RuleViolation` (V-31: late), `InvalidInput` by field, `NotPermitted`.
    """
    objection, valuation, asset = await lock_report_objection(work, objection_id)
    engagement = await reporting_firm(work, valuation.id)
    firm = await _firm(work, valuation)
    own = firm is not None and firm.account_id is not None and firm.account_id == work.actor.account_id
    if not own and not may(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code):
        raise NotPermitted(msg("该异议不是针对贵机构的报告。"), rule="V-31")
    require_state(objection, S.ANSWERING)
    assert objection.answer_due_at is not None
    if valuation.state not in RUNNING:
        raise RuleViolation("V-35", msg("参考价程序已经暂缓，恢复后再办理。"))
    if await moment_in_lock(work) >= objection.answer_due_at:
        raise RuleViolation("V-31", msg("说明期限已经届满，该异议转入专业技术评审。"))
    fields: dict[str, Message] = {}
    answer = clean_text(answer, "answer", fields, longest=2000)
    if fields:
        raise InvalidInput(msg("请写明对异议的说明。"), fields=fields, rule="V-31")
    if corrected is not None and engagement is not None and firm is not None:
        figures, pdf = corrected
        report = await take_report(work, valuation, asset, (engagement, firm), figures, pdf, state=None)
        objection.report_id = report.id
    objection.state, objection.answer, objection.answered_at = S.ANSWERED, answer, work.now
    objection.contest_due_at = period_end(work.now, days=legal().objection_contest_days)
    await meet_deadline(
        work,
        "L-07",
        subject_kind="report_objection",
        subject_id=objection.id,
        done_event="report_objection.answered",
    )
    await note(work, asset, objection, "answered", corrected=objection.report_id is not None)
    await _tell_objector(work, asset, objection)
    await settle_state(work, valuation)
    return objection


async def _tell_objector(work: Work, asset: Asset, objection: ReportObjection) -> None:
    party = await work.session.get_one(Party, objection.party_id)
    if party.account_id is None or objection.contest_due_at is None:
        return
    await notify(
        work,
        account_id=party.account_id,
        key=f"report-objection-answered:{objection.id}",
        title=msg("评估机构对您的异议作出说明"),
        body=msg(
            "“{title}”：仍不同意的，请在 {day} 前提出，由行业协会组织专业技术评审；不提出的，异议办结。",
            title=asset.title,
            day=f"{objection.contest_due_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
        ),
        link=f"/my/reports/{objection.valuation_id}",
        confidential=True,
    )


async def contest_answer(work: Work, objection_id: UUID, *, reason: str) -> ReportObjection:
    """The objector does not accept the answer: the association reviews the report (V-31).

    Raises `RuleViolation` (nothing answered, late), `InvalidInput`, `NotPermitted`.
    """
    objection, valuation, asset = await lock_report_objection(work, objection_id)
    await require_objector(work, objection.party_id, asset)
    require_state(objection, S.ANSWERED)
    assert objection.contest_due_at is not None
    if valuation.state not in RUNNING:
        raise RuleViolation("V-35", msg("参考价程序已经暂缓，恢复后再办理。"))
    if await moment_in_lock(work) >= objection.contest_due_at:
        raise RuleViolation("V-31", msg("提出不同意见的期限已经届满，该异议已经办结。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("请写明不同意的理由。"), fields=fields, rule="V-31")
    objection.contested_at, objection.contest_reason = work.now, reason
    await begin_review(work, asset, objection)
    await settle_state(work, valuation)
    return objection


async def accept_answer(work: Work, objection_id: UUID) -> ReportObjection:
    """The objector is satisfied: nothing more is waited for. Raises `RuleViolation`, `NotPermitted`."""
    objection, valuation, asset = await lock_report_objection(work, objection_id)
    await require_objector(work, objection.party_id, asset)
    require_state(objection, S.ANSWERED)
    await _close_answered(work, valuation, asset, objection)
    return objection


async def _close_answered(work: Work, valuation: Valuation, asset: Asset, objection: ReportObjection) -> None:
    corrected = objection.report_id is not None
    outcome = ReportObjectionOutcome.CORRECTED if corrected else ReportObjectionOutcome.EXPLAINED
    await close(work, objection, asset, outcome)
    await settle_state(work, valuation)


async def end_due_answers(work: Work, *, limit: int = 100) -> int:
    """No answer in five days: the review by itself; no contest in time: closed. Returns how many. For the sweep (L-07)."""
    due = await work.session.exec(
        select(ReportObjection, Valuation, Asset)
        .join(Valuation, col(Valuation.id) == col(ReportObjection.valuation_id))
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            col(Valuation.state).in_(RUNNING),
            ((col(ReportObjection.state) == S.ANSWERING) & (col(ReportObjection.answer_due_at) <= work.now))
            | (
                (col(ReportObjection.state) == S.ANSWERED) & (col(ReportObjection.contest_due_at) <= work.now)
            ),
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=(ReportObjection, Valuation))
    )
    found = due.all()
    for objection, valuation, asset in found:
        if objection.state == S.ANSWERED:
            await _close_answered(work, valuation, asset, objection)
            continue
        await note(work, asset, objection, "unanswered")
        await begin_review(work, asset, objection)
        await settle_state(work, valuation)
    return len(found)


async def _firm(work: Work, valuation: Valuation) -> AppraisalFirm | None:
    engagement = await reporting_firm(work, valuation.id)
    return await work.session.get_one(AppraisalFirm, engagement.firm_id) if engagement else None

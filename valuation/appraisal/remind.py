"""Tell the firm at work before its report is due, and when the work was taken from it because none came (L-03, V-23)."""

from datetime import timedelta

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines.rules import day_in_court
from core.i18n import msg
from core.notices import notify
from disposal_teams.assets.models import Asset
from valuation.appraisal.models import AppraisalEngagement, EngagementState
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationState

DAYS_BEFORE = (7, 1)
"""The first leaves two days in which more time can still be asked for (V-23: five days before the end) [D]."""


async def remind_firms(work: Work) -> int:
    """Remind each firm at work at both times before the end of its period, once each; returns how many reminders are standing.

    More time moves the end, and the reminders with it. A firm without an account is reminded by the court (§12.1: alarm of L-03).
    """
    until = work.now + timedelta(days=max(DAYS_BEFORE) + 1)
    due = await work.session.exec(
        select(AppraisalEngagement, AppraisalFirm, Asset)
        .join(AppraisalFirm, col(AppraisalFirm.id) == col(AppraisalEngagement.firm_id))
        .join(Valuation, col(Valuation.id) == col(AppraisalEngagement.valuation_id))
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            AppraisalEngagement.state == EngagementState.ENTRUSTED,
            Valuation.state == ValuationState.APPRAISING,
            col(AppraisalEngagement.due_at) > work.now,
            col(AppraisalEngagement.due_at) <= until,
            col(AppraisalFirm.account_id).is_not(None),
        )
    )
    reminded = 0
    for engagement, firm, asset in due.all():
        assert engagement.due_at is not None
        assert firm.account_id is not None
        last = day_in_court(engagement.due_at - timedelta(microseconds=1))
        left = (last - day_in_court(work.now)).days
        come = [days for days in DAYS_BEFORE if left <= days]
        if not come:
            continue
        reminded += 1
        await notify(
            work,
            account_id=firm.account_id,
            key=f"report-due:{engagement.id}:{last}:{min(come)}",
            title=msg("评估报告即将到期"),
            body=msg(
                "“{title}”的评估报告应在 {day} 前出具；需要延期的，请在期限届满五日前提出。逾期未出具的，由下一顺序机构承接。",
                title=asset.title,
                day=last.isoformat(),
            ),
            link=f"/appraiser/{engagement.id}",
        )
    return reminded


async def tell_overdue(work: Work, engagement: AppraisalEngagement, asset: Asset) -> None:
    """The period has run out without a report: the firm learns that the next one follows and what it must return."""
    firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
    if firm.account_id is None or engagement.materials_due_at is None:
        return
    last = engagement.materials_due_at - timedelta(microseconds=1)
    await notify(
        work,
        account_id=firm.account_id,
        key=f"report-overdue:{engagement.id}",
        title=msg("评估委托已逾期终止"),
        body=msg(
            "“{title}”的评估报告逾期未出具，委托已转由下一顺序机构承接。请在 {day} 前退还材料。",
            title=asset.title,
            day=f"{last.astimezone(COURT_ZONE):%Y-%m-%d}",
        ),
        link=f"/appraiser/{engagement.id}",
    )

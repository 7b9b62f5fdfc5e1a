"""Remind the first court while its time to answer runs, and say what is missing (§11.6)."""

from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.i18n import msg
from disposal_teams.courts.tell import tell_court
from disposal_teams.transfers.models import TransferRequest, TransferState
from disposal_teams.transfers.notify import COURT_ROLES
from disposal_teams.transfers.papers import last_day
from disposal_teams.transfers.rules import reminders_due

BATCH = 200


async def remind_of_requests(work: Work) -> int:
    """Send the reminders that are due, one for each request and day of `REMINDER_DAYS`; returns how many.

    The newest one stands for those that were missed. Running it again changes nothing.
    """
    today = work.now.astimezone(COURT_ZONE).date()
    rows = await work.session.exec(
        select(TransferRequest)
        .where(
            col(TransferRequest.state).in_([TransferState.REQUESTED, TransferState.RECEIVED]),
            col(TransferRequest.answer_due_at) > work.now,
        )
        .order_by(col(TransferRequest.answer_due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    sent = 0
    for request in list(rows):
        due = reminders_due(arrived_on=request.requested_at.astimezone(COURT_ZONE).date(), today=today)
        if due <= request.reminders_sent or request.answer_due_at is None:
            continue
        request.reminders_sent = due
        missing = msg("尚未签收，也未答复") if request.received_at is None else msg("已签收，尚未答复")
        await tell_court(
            work,
            request.first_court_code,
            *COURT_ROLES,
            key=f"transfer:{request.id}:reminder:{due}",
            title=msg("商请移送待答复"),
            body=msg(
                "案件 {case_no} 的商请移送：{missing}。最晚 {day} 答复，逾期自动报请上级协调。",
                case_no=request.requesting_case_no,
                missing=missing,
                day=last_day(request.answer_due_at),
            ),
            link=f"/court/transfers/{request.id}",
        )
        await record(
            work,
            "transfer.reminded",
            stream=f"asset:{request.asset_id}",
            rule="§11.6",
            asset_id=request.asset_id,
            transfer=str(request.id),
            reminder=due,
        )
        sent += 1
    return sent

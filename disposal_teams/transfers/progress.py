"""The steps that every use case of a transfer shares: lock, move by §11.6, close the clocks, let the asset go on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from core.audit import record
from core.database import Work
from core.deadlines import Deadline, DeadlineState, meet_deadline
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.assets.advance import lock_asset, resume_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.instructions.progress import CHANNEL
from disposal_teams.transfers.models import TransferRequest, TransferState
from disposal_teams.transfers.rules import Step, next_state


async def lock_request(work: Work, request: TransferRequest) -> tuple[TransferRequest, Asset]:
    """The request and its asset, fresh and locked: always the asset first, so that no two steps wait for each other."""
    asset = await work.session.get(Asset, request.asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    asset = await lock_asset(work, asset)
    locked = (
        await work.session.exec(
            select(TransferRequest)
            .where(TransferRequest.id == request.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()
    return locked, asset


async def move(work: Work, request: TransferRequest, step: Step, *, rule: str, **details: Any) -> None:
    """Take the step if §11.6 has it, and write the audit event."""
    before = TransferState(request.state)
    request.state = next_state(before, step)
    await record(
        work,
        f"transfer.{_PAST[step]}",
        stream=f"asset:{request.asset_id}",
        rule=rule,
        asset_id=request.asset_id,
        case_id=request.requesting_case_id,
        transfer=str(request.id),
        before=before.value,
        after=str(request.state),
        **details,
    )
    await wake_pages(work, request.id)


async def wake_pages(work: Work, transfer_id: UUID) -> None:
    """Tell the open pages of the courts that the transfer has changed."""
    await work.session.execute(
        text("SELECT pg_notify(:channel, :id)"), {"channel": CHANNEL, "id": str(transfer_id)}
    )


async def close_clocks(work: Work, request: TransferRequest, *rules: str, event: str) -> None:
    """What the clocks of these rules waited for has happened (late, if they had run out)."""
    for rule in rules:
        await meet_deadline(work, rule, subject_kind="transfer", subject_id=request.id, done_event=event)


async def answer_clock(work: Work, request: TransferRequest) -> datetime | None:
    """The moment at which the first court's time to answer ends (L-29), None when no clock runs."""
    found = await work.session.exec(
        select(Deadline.due_at).where(
            Deadline.rule == "L-29",
            Deadline.subject_kind == "transfer",
            Deadline.subject_id == request.id,
            Deadline.state == DeadlineState.RUNNING,
        )
    )
    return found.first()


async def end_transfer(work: Work, request: TransferRequest, asset: Asset, *, reason: str) -> None:
    """The request is over: no clock runs on, and the asset returns to where it stood."""
    await close_clocks(work, request, "L-29", "L-30", "T-03", event=f"transfer.{request.state}")
    if AssetState(asset.state) is AssetState.TRANSFER_PENDING:
        await resume_asset(work, asset, reason=reason, rule="§11.6")


_PAST: dict[Step, str] = {
    Step.RECEIVE: "received",
    Step.RETURN: "returned_for_supplement",
    Step.SUPPLEMENT: "supplemented",
    Step.CONSENT: "consented",
    Step.REFUSE: "refused",
    Step.FALL_SILENT: "fell_silent",
    Step.REPORT: "reported_to_superior",
    Step.DECIDE: "decided",
    Step.RECALL: "recalled",
    Step.REOPEN: "reopened",
    Step.COMPLETE: "completed",
}

"""Leave to publish while a request is open: the requester's note or the superior's word, never the first court's own (§11.6)."""

from uuid import UUID

from sqlmodel import col, select

from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from disposal_teams.assets.advance import resume_asset
from disposal_teams.assets.models import AssetState
from disposal_teams.plain_text import clean_text
from disposal_teams.transfers.models import OPEN_TRANSFER_STATES, TransferRequest, TransferState
from disposal_teams.transfers.notify import tell_courts
from disposal_teams.transfers.progress import lock_request, wake_pages

_OPEN = [str(state) for state in OPEN_TRANSFER_STATES]


async def allow_publishing(work: Work, request: TransferRequest, *, note: str) -> TransferRequest:
    """The requester, or the superior, lets the first court publish although the request is open; the request itself goes on.

    Raises `Conflict` when it is not open or was allowed before, `InvalidInput`, `NotPermitted`.
    """
    if not may_allow(work, request):
        require(work.actor, Permission.REQUEST_TRANSFER, court_code=request.requesting_court_code)
    fields: dict[str, Message] = {}
    note = clean_text(note, "leave_note", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明同意发布的理由。"), fields=fields)
    request, asset = await lock_request(work, request)
    if TransferState(request.state) not in OPEN_TRANSFER_STATES or request.publish_leave_at is not None:
        raise Conflict(msg("该商请已经办结，或者已同意首封法院发布公告。"), rule="§11.6")
    request.publish_leave_court = work.actor.court_code or request.requesting_court_code
    request.publish_leave_note, request.publish_leave_at = note, work.now
    await record(
        work,
        "transfer.publishing_allowed",
        stream=f"asset:{request.asset_id}",
        rule="§11.6",
        asset_id=request.asset_id,
        transfer=str(request.id),
        by_court=request.publish_leave_court,
        note=note,
    )
    await wake_pages(work, request.id)
    if AssetState(asset.state) is AssetState.TRANSFER_PENDING:
        await resume_asset(work, asset, reason="商请法院或上级法院同意发布公告", rule="§11.6")
    await tell_courts(work, request, msg("已同意首封法院在移送办理期间发布拍卖公告。"))
    return request


def may_allow(work: Work, request: TransferRequest) -> bool:
    """Whether the actor is of the requesting court, or decides for the superior."""
    actor = work.actor
    if actor.has(Role.INTERMEDIATE_COURT):
        return may(actor, Permission.DECIDE_TRANSFER)
    return may(actor, Permission.REQUEST_TRANSFER, court_code=request.requesting_court_code)


async def may_publish_meanwhile(work: Work, asset_id: UUID) -> bool:
    """Whether leave was given for the request that is open about the asset."""
    found = await work.session.exec(
        select(TransferRequest.id).where(
            TransferRequest.asset_id == asset_id,
            col(TransferRequest.state).in_(_OPEN),
            col(TransferRequest.publish_leave_at).is_not(None),
        )
    )
    return found.first() is not None

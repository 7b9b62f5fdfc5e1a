"""Send a message by a channel outside the service, once, and record its receipt with proof."""

import asyncio
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from core.crypto import FieldCipher
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.ids import new_id
from core.notices.channels import ADAPTERS, FolderChannel, Outgoing
from core.notices.models import Channel, Dispatch
from core.notices.notify import as_json, from_json
from core.settings import get_settings

BATCH = 50
LONGEST_PAUSE = timedelta(hours=1)

log = structlog.get_logger(__name__)


@cache
def _cipher() -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), "dispatch-address")


async def dispatch(
    work: Work, *, channel: Channel, key: str, address: str, text: Message, lot_id: UUID | None = None
) -> None:
    """Have the message sent after this transaction. `key` names the occasion: asking twice sends once."""
    dispatch_id = new_id()
    await work.session.execute(
        insert(Dispatch)
        .values(
            id=dispatch_id,
            channel=channel,
            key=key,
            lot_id=lot_id,
            address_sealed=_cipher().encrypt(address, bound_to=str(dispatch_id)),
            body=as_json(text),
            created_at=work.now,
            next_attempt_at=work.now,
            attempts=0,
        )
        .on_conflict_do_nothing(constraint="dispatch_once")
    )


async def send_due(work: Work) -> int:
    """Hand what is due to its channel. A failure is tried again after a growing pause. Returns how many were sent."""
    due = await work.session.exec(
        select(Dispatch)
        .where(col(Dispatch.sent_at).is_(None), col(Dispatch.next_attempt_at) <= work.now)
        .order_by(col(Dispatch.next_attempt_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    sent = 0
    for row in list(due):
        channel = Channel(row.channel)
        adapter = ADAPTERS.get(channel) or FolderChannel(get_settings().data_dir / "outgoing")
        address = _cipher().decrypt(row.address_sealed, bound_to=str(row.id))
        row.attempts += 1
        try:
            row.reference = await asyncio.to_thread(
                adapter.send, Outgoing(row.id, channel, address, str(from_json(row.body)))
            )
        except Exception as error:  # noqa: BLE001 -- whatever a provider's client raises is a failed attempt
            row.last_error = type(error).__name__
            row.next_attempt_at = work.now + min(
                timedelta(seconds=5) * 2 ** min(row.attempts, 12), LONGEST_PAUSE
            )
            log.warning("dispatch.failed", dispatch=str(row.id), channel=row.channel, error=row.last_error)
        else:
            row.sent_at = work.now
            row.last_error = None
            sent += 1
        work.session.add(row)
    return sent


async def confirm_receipt(work: Work, dispatch_id: UUID, *, received_at: datetime, proof: str) -> None:
    """Record that the message arrived. `proof` says by what that is known (receipt number, signature, system message).

    The first receipt stands. Raises `NotFound`, `InvalidInput` without proof, `Conflict` for a message that was never sent.
    """
    row = await work.session.get(Dispatch, dispatch_id, with_for_update=True)
    if row is None:
        raise NotFound(msg("没有找到该通知。"))
    if not proof.strip():
        raise InvalidInput(msg("请填写送达凭证（回执号、签收记录等）。"), rule="C-07")
    if row.sent_at is None or received_at < row.sent_at:
        raise Conflict(msg("该通知尚未发出，不能登记送达。"), rule="C-07")
    if row.received_at is None:
        row.received_at, row.proof = received_at, proof.strip()[:200]
        work.session.add(row)

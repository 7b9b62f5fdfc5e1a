"""Tell a person something, once."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from core.database import Work
from core.i18n import Message
from core.ids import new_id
from core.notices.models import Notice


async def notify(
    work: Work, *, account_id: UUID, key: str, title: Message, body: Message, link: str | None = None
) -> None:
    """Put a notice into the person's inbox. `key` names the occasion: telling it twice changes nothing."""
    await work.session.execute(
        insert(Notice)
        .values(
            id=new_id(),
            account_id=account_id,
            key=key,
            title=as_json(title),
            body=as_json(body),
            link=link,
            created_at=work.now,
        )
        .on_conflict_do_nothing(constraint="notice_once")
    )


def as_json(message: Message) -> dict[str, Any]:
    """A message as the database keeps it."""
    return {
        "msgid": message.msgid,
        "params": {
            name: as_json(value)
            if isinstance(value, Message)
            else value
            if isinstance(value, int)
            else str(value)
            for name, value in message.params.items()
        },
    }


def from_json(stored: dict[str, Any]) -> Message:
    """The message back."""
    return Message(
        stored["msgid"],
        {
            name: from_json(value) if isinstance(value, dict) else value
            for name, value in stored["params"].items()
        },
    )


async def notices_of(work: Work, account_id: UUID, *, limit: int = 50) -> list[Notice]:
    """The newest notices of a person."""
    rows = await work.session.exec(
        select(Notice)
        .where(Notice.account_id == account_id)
        .order_by(col(Notice.created_at).desc())
        .limit(limit)
    )
    return list(rows)


async def unread_count(work: Work, account_id: UUID) -> int:
    """How many notices the person has not opened."""
    query = (
        select(func.count())
        .select_from(Notice)
        .where(Notice.account_id == account_id, col(Notice.read_at).is_(None))
    )
    return (await work.session.exec(query)).one()


async def mark_read(work: Work, account_id: UUID) -> None:
    """The person has opened the inbox."""
    await work.session.execute(
        update(Notice)
        .where(col(Notice.account_id) == account_id, col(Notice.read_at).is_(None))
        .values(read_at=work.now)
    )

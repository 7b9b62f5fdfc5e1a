"""Tell a person something, once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from core.crypto import FieldCipher
from core.database import Work
from core.i18n import Message
from core.ids import new_id
from core.notices.models import Notice
from core.settings import get_settings


@cache
def _cipher() -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), "inbox")


class _Words(msgspec.Struct, frozen=True):
    """What a notice says, as the database keeps it."""

    title: dict[str, Any]
    body: dict[str, Any]
    link: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its reader sees it."""

    title: Message
    body: Message
    link: str | None
    created_at: datetime
    read_at: datetime | None


async def notify(
    work: Work,
    *,
    account_id: UUID,
    key: str,
    title: Message,
    body: Message,
    link: str | None = None,
    confidential: bool = False,
) -> None:
    """Put a notice into the person's inbox. `key` names the occasion: telling it twice changes nothing.

    `confidential`: the text is sealed in the database, so that its rows do not tell which lot the person has to do with (P-01).
    """
    notice_id = new_id()
    words = _Words(as_json(title), as_json(body), link)
    sealed = None
    if confidential:
        sealed = _cipher().encrypt(msgspec.json.encode(words).decode(), bound_to=str(notice_id))
        words, key = _Words({}, {}, None), _cipher().match_code(key).hex()
    await work.session.execute(
        insert(Notice)
        .values(
            id=notice_id,
            account_id=account_id,
            key=key,
            title=words.title,
            body=words.body,
            link=words.link,
            sealed=sealed,
            created_at=work.now,
        )
        .on_conflict_do_nothing(constraint="notice_once")
    )


def person_key(key: str, account_id: UUID) -> str:
    """An occasion as it concerns one person, without naming the account in clear (P-01)."""
    return _cipher().match_code(f"{key}:{account_id}").hex()


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


async def notices_of(work: Work, account_id: UUID, *, limit: int = 50) -> list[Told]:
    """The newest notices of a person, for that person's own page."""
    rows = await work.session.exec(
        select(Notice)
        .where(Notice.account_id == account_id)
        .order_by(col(Notice.created_at).desc())
        .limit(limit)
    )
    return [_told(row) for row in rows]


def _told(notice: Notice) -> Told:
    words = _Words(notice.title, notice.body, notice.link)
    if notice.sealed is not None:
        text = _cipher().decrypt(notice.sealed, bound_to=str(notice.id))
        words = msgspec.json.decode(text, type=_Words)
    return Told(from_json(words.title), from_json(words.body), words.link, notice.created_at, notice.read_at)


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

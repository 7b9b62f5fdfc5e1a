"""Login sessions: a random token in a cookie, its hash in the database.

A session lasts in real time, not court time: a sandbox whose days pass in minutes must not log its people out.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import col, select

from core.database import Work
from core.identity.accounts import as_actor
from core.identity.actor import Actor
from core.identity.models import Account, LoginSession

SESSION_LENGTH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a valid token stands for."""

    actor: Actor
    csrf_secret: str
    expires_at: datetime


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


async def open_session(work: Work, account_id: UUID) -> str:
    """Start a session and return its token, which is shown only once."""
    token = secrets.token_urlsafe(32)
    now: datetime = (await work.session.execute(select(func.clock_timestamp()))).scalar_one()
    work.session.add(
        LoginSession(
            token_hash=_hash(token),
            account_id=account_id,
            csrf_secret=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    await work.session.flush()
    return token


async def session_of(work: Work, token: str) -> SessionInfo | None:
    """The session of a token; None when unknown, ended or expired."""
    row = (
        await work.session.exec(
            select(LoginSession, Account)
            .join(Account, col(Account.id) == col(LoginSession.account_id))
            .where(
                LoginSession.token_hash == _hash(token), col(LoginSession.expires_at) > func.clock_timestamp()
            )
        )
    ).first()
    if row is None:
        return None
    session, account = row
    if account.disabled_at is not None:
        return None
    return SessionInfo(as_actor(account), session.csrf_secret, session.expires_at)


async def close_session(work: Work, token: str) -> None:
    """End a session."""
    await work.session.execute(delete(LoginSession).where(col(LoginSession.token_hash) == _hash(token)))

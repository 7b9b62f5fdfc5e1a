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

from core.database import Database, Work
from core.identity.actor import Actor, Role
from core.identity.models import LoginSession

SESSION_LENGTH = timedelta(hours=12)
LOOK_UP_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a valid token stands for."""

    actor: Actor
    csrf_secret: str
    expires_at: datetime


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()


async def open_session(work: Work, account_id: UUID) -> str:
    """Start a session and return its token, which is shown only once."""
    token = secrets.token_urlsafe(32)
    now: datetime = (await work.session.execute(select(func.clock_timestamp()))).scalar_one()
    work.session.add(
        LoginSession(
            token_hash=token_hash(token),
            account_id=account_id,
            csrf_secret=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    await work.session.flush()
    return token


_FIND = """
SELECT a.id, a.display_name, a.roles, a.court_code, a.team_id, s.csrf_secret, s.expires_at
  FROM login_session s JOIN account a ON a.id = s.account_id
 WHERE s.token_hash = $1 AND s.expires_at > clock_timestamp() AND a.disabled_at IS NULL
"""


async def session_of(database: Database, token: str) -> SessionInfo | None:
    """The session of a token; None when unknown, ended or expired. One plain query: every request begins with it."""
    pool = await database.hot_pool()
    row = await pool.fetchrow(_FIND, token_hash(token), timeout=LOOK_UP_TIMEOUT_S)
    if row is None:
        return None
    actor = Actor(
        UUID(int=row["id"].int),
        row["display_name"],
        frozenset(map(Role, row["roles"])),
        row["court_code"],
        row["team_id"] and UUID(int=row["team_id"].int),
    )
    return SessionInfo(actor, row["csrf_secret"], row["expires_at"])


async def close_session(work: Work, token: str) -> None:
    """End a session."""
    await work.session.execute(delete(LoginSession).where(col(LoginSession.token_hash) == token_hash(token)))

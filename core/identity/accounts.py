"""Open an account and check a password."""

import asyncio
from datetime import timedelta
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func
from sqlmodel import col, select

from core.audit.record import record
from core.database import Work
from core.errors import Conflict, NotPermitted
from core.i18n import msg
from core.identity.actor import Actor, Role
from core.identity.models import Account, FailedLogin
from core.ids import new_id

MAX_FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=10)
PASSWORD_LEAST = 8
"""Characters of a password chosen by a person."""

_hasher = PasswordHasher()


@cache
def _decoy_hash() -> str:
    """Checked for unknown logins, so that the time taken does not tell whether an account exists."""
    return _hasher.hash("no such account")


def _verify(password_hash: str | None, password: str) -> None:
    _hasher.verify(password_hash or _decoy_hash(), password)


def hash_password(password: str) -> str:
    """Argon2id hash of a password."""
    return _hasher.hash(password)


def as_actor(account: Account) -> Actor:
    """The actor that this account acts as."""
    return Actor(
        account.id,
        account.display_name,
        frozenset(map(Role, account.roles)),
        account.court_code,
        account.team_id,
    )


async def open_account(
    work: Work,
    *,
    login: str,
    password_hash: str,
    display_name: str,
    roles: set[Role],
    court_code: str | None = None,
    team_id: UUID | None = None,
    phone: str | None = None,
    is_demo: bool = False,
) -> Account:
    """Open an account. Raises `Conflict` when the login name is taken."""
    taken = (await work.session.exec(select(Account.id).where(Account.login == login))).first()
    if taken is not None:
        raise Conflict(msg("登录名 {login} 已被使用，请换一个。", login=login))
    account = Account(
        id=new_id(),
        login=login,
        password_hash=password_hash,
        display_name=display_name,
        roles=sorted(roles),
        court_code=court_code,
        team_id=team_id,
        phone=phone,
        is_demo=is_demo,
        created_at=work.now,
    )
    work.session.add(account)
    await work.session.flush()
    await record(
        work, "account.opened", stream=f"account:{account.id}", person_id=account.id, roles=account.roles
    )
    return account


class WrongPassword(NotPermitted):
    """Login or password is wrong; the caller stores the failure (`note_failure`) in a transaction of its own."""


async def authenticate(work: Work, login: str, password: str) -> Actor:
    """The actor of this login. Raises `WrongPassword`, or `NotPermitted` after too many failures."""
    recent = await work.session.exec(
        select(func.count())
        .select_from(FailedLogin)
        .where(FailedLogin.login == login, col(FailedLogin.failed_at) > work.now - FAILURE_WINDOW)
    )
    if recent.one() >= MAX_FAILURES:
        raise NotPermitted(msg("密码错误次数过多，请 10 分钟后再试。"))
    account = (await work.session.exec(select(Account).where(Account.login == login))).first()
    try:
        # In a thread: the tens of milliseconds that this takes on purpose must not hold up everybody else's requests.
        await asyncio.to_thread(_verify, account.password_hash if account else None, password)
    except (VerificationError, InvalidHashError) as error:
        raise WrongPassword(msg("登录名或密码不正确，请核对后重试。")) from error
    if account is None or account.disabled_at is not None:
        raise WrongPassword(msg("登录名或密码不正确，请核对后重试。"))
    return as_actor(account)


async def note_failure(work: Work, login: str) -> None:
    """Count a failed login, so that guessing slows down."""
    work.session.add(FailedLogin(id=new_id(), login=login[:60], failed_at=work.now))

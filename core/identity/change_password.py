"""A person changes the own password; every other session of the account ends with it."""

from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from core.audit.record import record
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import msg
from core.identity.accounts import PASSWORD_LEAST, authenticate, hash_password
from core.identity.models import Account, LoginSession
from core.identity.sessions import token_hash


async def change_password(
    work: Work, account_id: UUID, *, old: str, new: str, keep_token: str | None
) -> None:
    """Set a new password after the old one was given; sessions other than that of `keep_token` end.

    Raises `WrongPassword` (the caller counts it with `note_failure`), `NotPermitted` after too many failures, `InvalidInput`
    for a short or unchanged password.
    """
    account = await work.session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound(msg("没有找到该账号。"))
    if len(new) < PASSWORD_LEAST:
        raise InvalidInput(
            msg("密码过短。"), fields={"new_password": msg("密码至少 {least} 位。", least=PASSWORD_LEAST)}
        )
    await authenticate(work, account.login, old)
    if new == old:
        raise InvalidInput(
            msg("新密码与原密码相同。"), fields={"new_password": msg("请填写与原密码不同的新密码。")}
        )
    account.password_hash = hash_password(new)
    kept = token_hash(keep_token) if keep_token else b""
    await work.session.execute(
        delete(LoginSession).where(
            col(LoginSession.account_id) == account_id, col(LoginSession.token_hash) != kept
        )
    )
    await record(
        work, "account.password_changed", stream=f"account:{account_id}", rule="B-32", person_id=account_id
    )

"""Real names (B-30): a person signs up with name and identity number, the court confirms the identity once, per account.

The confirming clerk sees identities, never lots: who bids where stays secret (P-01).
"""

from functools import cache
from uuid import UUID

from sqlmodel import col, select

from core.audit import record
from core.crypto import FieldCipher
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import msg
from core.identity import Permission, Role, require
from core.identity.accounts import PASSWORD_LEAST, hash_password, open_account
from core.identity.models import Account
from core.identity_number import checked_identity_number, masked_number
from core.settings import get_settings


@cache
def account_cipher() -> FieldCipher:
    """The cipher of identities kept with accounts."""
    return FieldCipher(get_settings().encryption_key(), "account-identity")


async def sign_up(
    work: Work,
    *,
    login: str,
    password: str,
    name: str,
    identity_number: str,
    phone: str,
    is_demo: bool = False,
    password_hash: str | None = None,
) -> Account:
    """Open a bidder's account. Raises `InvalidInput` (number, password), `Conflict` (login or identity known)."""
    if len(password) < PASSWORD_LEAST:
        raise InvalidInput(
            msg("密码过短。"), fields={"password": msg("密码至少 {least} 位。", least=PASSWORD_LEAST)}
        )
    number = checked_identity_number(identity_number, today=work.now.date())
    match = account_cipher().match_code(number)
    known = (await work.session.exec(select(Account.id).where(Account.identity_match == match))).first()
    if known is not None:
        raise Conflict(msg("该身份证号码已注册账号，请直接登录。"), rule="B-30")
    account = await open_account(
        work,
        login=login,
        password_hash=password_hash or hash_password(password),
        display_name=name[:1] + "**",
        roles={Role.BIDDER},
        phone=phone,
        is_demo=is_demo,
    )
    account.real_name_sealed = account_cipher().encrypt(name, bound_to=str(account.id))
    account.identity_number_sealed = account_cipher().encrypt(number, bound_to=str(account.id))
    account.identity_match = match
    await work.session.flush()
    return account


def own_identity(account: Account) -> tuple[str, str]:
    """Name and number of an account, in clear; for the person's own acts and the confirming clerk."""
    if account.real_name_sealed is None or account.identity_number_sealed is None:
        raise NotFound(msg("该账号没有实名信息。"))
    cipher = account_cipher()
    return (
        cipher.decrypt(account.real_name_sealed, bound_to=str(account.id)),
        cipher.decrypt(account.identity_number_sealed, bound_to=str(account.id)),
    )


async def identities_to_confirm(work: Work, *, limit: int = 50) -> list[tuple[UUID, str, str, str]]:
    """The queue of the registration desk: (account, name, masked number, phone), oldest first."""
    require(work.actor, Permission.CONFIRM_BIDDER)
    accounts = await work.session.exec(
        select(Account)
        .where(col(Account.identity_match).is_not(None), col(Account.identity_verified_at).is_(None))
        .order_by(col(Account.created_at))
        .limit(limit)
    )
    rows = []
    for account in accounts:
        name, number = own_identity(account)
        rows.append((account.id, name, masked_number(number), account.phone or ""))
    return rows


async def confirm_identity(work: Work, account_id: UUID) -> None:
    """The court has checked name and number against the papers. Raises `NotFound`, `NotPermitted`."""
    require(work.actor, Permission.CONFIRM_BIDDER)
    account = await work.session.get(Account, account_id, with_for_update=True)
    if account is None or account.identity_match is None:
        raise NotFound(msg("没有找到该实名申请。"))
    if account.identity_verified_at is not None:
        return
    account.identity_verified_at = work.now
    await record(
        work, "account.identity_confirmed", stream=f"account:{account.id}", rule="B-30", person_id=account.id
    )

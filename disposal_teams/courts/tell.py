"""Tell the people of a court who hold an office there."""

from sqlalchemy import ARRAY, String, cast
from sqlmodel import col, select

from core.database import Work
from core.i18n import Message
from core.identity import Role
from core.identity.models import Account
from core.notices import notify


async def tell_court(
    work: Work,
    court_code: str,
    *roles: Role,
    key: str,
    title: Message,
    body: Message,
    link: str | None = None,
) -> int:
    """A notice to everyone of the court who holds one of the roles. `key` names the occasion. Returns how many."""
    accounts = await work.session.exec(
        select(Account.id).where(
            Account.court_code == court_code,
            col(Account.disabled_at).is_(None),
            col(Account.roles).op("&&")(cast([str(role) for role in roles], ARRAY(String))),
        )
    )
    count = 0
    for account_id in accounts.all():
        await notify(work, account_id=account_id, key=key, title=title, body=body, link=link)
        count += 1
    return count

"""Tell the people of a court who hold an office there."""

from core.database import Work
from core.i18n import Message
from core.identity import Role
from core.notices import notify
from disposal_teams.courts.queries import staff_of


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
    accounts = await staff_of(work, court_code, *roles)
    count = 0
    for account in accounts:
        await notify(work, account_id=account.id, key=key, title=title, body=body, link=link)
        count += 1
    return count

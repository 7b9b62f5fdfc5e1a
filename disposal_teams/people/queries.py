"""Read the directory, which is public, and the pool, which is the courts' own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.identity import Permission, require
from core.identity.models import Account
from disposal_teams.people.models import OfficePhone, PhoneKind, Talent

_ORDER = {str(kind): number for number, kind in enumerate(PhoneKind)}


async def directory(work: Work, court_code: str | None = None) -> dict[str, list[OfficePhone]]:
    """Phones by court: duty first, then the centre, then the officers by name."""
    query = select(OfficePhone)
    if court_code is not None:
        query = query.where(OfficePhone.court_code == court_code)
    found: dict[str, list[OfficePhone]] = {}
    for line in await work.session.exec(query.order_by(col(OfficePhone.name)).limit(2000)):
        found.setdefault(line.court_code, []).append(line)
    for lines in found.values():
        lines.sort(key=lambda line: _ORDER[line.kind])
    return found


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the pool."""

    account: Account
    talent: Talent


async def pool_of(work: Work, court_code: str) -> Sequence[Member]:
    """The court's own people in the pool, by name."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    return await _members(work, Talent.court_code == court_code)


async def pool_of_all_courts(work: Work) -> Sequence[Member]:
    """Everybody in the pool of the city, for who names the experts."""
    require(work.actor, Permission.ORDER_COURTS)
    return await _members(work, col(Talent.court_code).is_not(None))


async def expert_committee(work: Work) -> Sequence[Member]:
    """The experts of the city, for every court."""
    require(work.actor, Permission.SEE_COURT_FILES)
    return await _members(work, col(Talent.is_expert))


async def _members(work: Work, condition: object) -> Sequence[Member]:
    rows = await work.session.exec(
        select(Account, Talent)
        .join(Talent, col(Talent.account_id) == col(Account.id))
        .where(condition, col(Account.disabled_at).is_(None))  # type: ignore[arg-type]
        .order_by(col(Account.display_name), col(Account.id))
    )
    return [Member(account, talent) for account, talent in rows]


async def skills_of(work: Work, account_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """The skills of people, for a caller that may see them."""
    if not account_ids:
        return {}
    rows = await work.session.exec(select(Talent).where(col(Talent.account_id).in_(account_ids)))
    return {talent.account_id: frozenset(talent.skills) for talent in rows}

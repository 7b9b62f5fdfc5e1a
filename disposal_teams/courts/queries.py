"""Read the courts and teams."""

from uuid import UUID

from sqlalchemy import ARRAY, String, cast
from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Role
from core.identity.models import Account
from disposal_teams.courts.models import Court, DisposalTeam
from disposal_teams.courts.rules import common_superior


async def all_courts(work: Work) -> list[Court]:
    """Every court, the intermediate court first."""
    return list(await work.session.exec(select(Court).order_by(Court.code)))


async def court_of(work: Work, code: str) -> Court:
    """The court of this code. Raises `NotFound`."""
    court = await work.session.get(Court, code)
    if court is None:
        raise NotFound(msg("没有代码为 {code} 的法院。", code=code))
    return court


async def court_names(work: Work) -> dict[str, str]:
    """Short names by code."""
    return {court.code: court.short_name for court in await all_courts(work)}


async def superior_of_both(work: Work, first: str, second: str) -> str | None:
    """The code of the lowest court above both (T-06)."""
    superiors = {court.code: court.superior_code for court in await all_courts(work)}
    return common_superior(superiors, first, second)


async def teams_of(work: Work, court_code: str) -> list[DisposalTeam]:
    """The disposal teams of a court by name."""
    return list(
        await work.session.exec(
            select(DisposalTeam).where(DisposalTeam.court_code == court_code).order_by(col(DisposalTeam.name))
        )
    )


async def team_of(work: Work, team_id: UUID) -> DisposalTeam | None:
    """A team by id."""
    return await work.session.get(DisposalTeam, team_id)


async def staff_of(work: Work, court_code: str, *roles: Role) -> list[Account]:
    """The people of a court who hold at least one of the roles, by name."""
    rows = await work.session.exec(
        select(Account)
        .where(
            Account.court_code == court_code,
            col(Account.disabled_at).is_(None),
            col(Account.roles).op("&&")(cast([str(role) for role in roles], ARRAY(String))),
        )
        .order_by(col(Account.display_name), col(Account.id))
    )
    return list(rows)

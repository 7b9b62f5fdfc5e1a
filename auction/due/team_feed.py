"""The calendar of a disposal team: its secret address belongs to the team and outlives whoever works in it (C-08).

A leader of the court renews it; members may give it up, so that a leaked address is dead at once.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.due.models import TeamCalendar
from core.audit import record
from core.database import Work
from core.errors import NotFound, NotPermitted
from core.i18n import msg
from core.identity import Actor, Permission, Role, may
from core.identity.sessions import token_hash
from core.ids import new_id
from disposal_teams.courts.models import DisposalTeam
from disposal_teams.courts.queries import team_of, teams_of


@dataclass(frozen=True, slots=True)
class TeamAddress:
    """A team with its calendar in force, for a reader who may give it up, and renew it or not."""

    team: DisposalTeam
    calendar: TeamCalendar | None
    may_renew: bool


async def team_addresses(work: Work) -> list[TeamAddress]:
    """The teams of the own court for its leaders, the own team for everybody else."""
    actor = work.actor
    if actor.court_code is None:
        return []
    leads = _leads(actor, actor.court_code)
    return [
        TeamAddress(team, await _in_force(work, team.id), may_renew=leads)
        for team in await teams_of(work, actor.court_code)
        if leads or team.id == actor.team_id
    ]


def _leads(actor: Actor, court_code: str) -> bool:
    return actor.court_code == court_code and may(actor, Permission.KEEP_PEOPLE, court_code=court_code)


async def _in_force(work: Work, team_id: UUID) -> TeamCalendar | None:
    rows = await work.session.exec(
        select(TeamCalendar).where(TeamCalendar.team_id == team_id, col(TeamCalendar.revoked_at).is_(None))
    )
    return rows.first()


async def _team(work: Work, team_id: UUID) -> DisposalTeam:
    """A team of the own court; another one is as unknown as a missing one (P-03)."""
    team = await team_of(work, team_id)
    if team is None or team.court_code != work.actor.court_code or not work.actor.is_staff:
        raise NotFound(msg("没有找到该处置团队。"), rule="P-03")
    return team


async def renew_team_calendar(work: Work, team_id: UUID) -> str:
    """Give the team's calendar a new address; an older one is dead from now on. The token is shown only this once.

    Raises `NotPermitted` for who does not lead the people of the court, `NotFound` for another court's team.
    """
    team = await _team(work, team_id)
    if not _leads(work.actor, team.court_code):
        raise NotPermitted(msg("团队日历地址由执行局局长或者执行指挥中心更换。"), rule="C-08")
    await _revoke(work, team)
    token = secrets.token_urlsafe(32)
    work.session.add(
        TeamCalendar(
            id=new_id(), team_id=team.id, token_hash=token_hash(token), created_at=work.now,
            created_by_name=work.actor.name,
        )
    )  # fmt: skip
    await _note(work, team, "calendar.team_renewed")
    return token


async def revoke_team_calendar(work: Work, team_id: UUID) -> None:
    """The team's address answers no more: by a leader or a member. Nothing happens when there is none."""
    team = await _team(work, team_id)
    if work.actor.team_id != team.id and not _leads(work.actor, team.court_code):
        raise NotPermitted(msg("只有本团队成员和本院负责人可以停用团队日历。"), rule="C-08")
    if await _revoke(work, team):
        await _note(work, team, "calendar.team_revoked")


async def _revoke(work: Work, team: DisposalTeam) -> bool:
    found = await work.session.exec(
        select(TeamCalendar)
        .where(TeamCalendar.team_id == team.id, col(TeamCalendar.revoked_at).is_(None))
        .with_for_update()
    )
    calendar = found.first()
    if calendar is None:
        return False
    calendar.revoked_at = work.now
    await work.session.flush()
    return True


async def _note(work: Work, team: DisposalTeam, event: str) -> None:
    await record(work, event, stream=f"team:{team.id}", rule="C-08", team=team.name)


async def team_of_token(work: Work, token: str) -> Actor | None:
    """The team behind a token, as a reader of its own list and of nothing else; None when the token is none of a team's."""
    rows = await work.session.exec(
        select(DisposalTeam)
        .join(TeamCalendar, col(TeamCalendar.team_id) == col(DisposalTeam.id))
        .where(TeamCalendar.token_hash == token_hash(token), col(TeamCalendar.revoked_at).is_(None))
    )
    team = rows.first()
    if team is None:
        return None
    return Actor(None, team.name, frozenset({Role.DISPOSAL_TEAM}), team.court_code, team.id)

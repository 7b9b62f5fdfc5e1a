"""Set up the courts and their disposal teams."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.courts.models import Court, DisposalTeam
from disposal_teams.courts.rules import SUZHOU_COURTS

COURTS_HOTLINE = "12368"


async def establish_courts(work: Work) -> None:
    """Write the eleven Suzhou courts. A second call changes nothing, so local corrections survive."""
    require(work.actor, Permission.IMPORT_RECORDS)
    await work.session.execute(
        insert(Court)
        .values(
            [
                {
                    "code": court.code,
                    "name": court.name,
                    "short_name": court.short_name,
                    "level": str(court.level),
                    "superior_code": court.superior_code,
                    "district": court.district,
                    "supervision_phone": COURTS_HOTLINE,
                    "bank_name": "",
                    "bank_account_no": "",
                }
                for court in SUZHOU_COURTS
            ]
        )
        .on_conflict_do_nothing(index_elements=["code"])
    )


async def found_team(work: Work, court_code: str, name: str, *, is_demo: bool = False) -> DisposalTeam:
    """A disposal team of the court; the one that bears this name already, if any."""
    require(work.actor, Permission.IMPORT_RECORDS, court_code=court_code)
    name = name.strip()
    if not name or len(name) > 60:
        raise InvalidInput(msg("团队名称须为 1 至 60 个字。"))
    if await work.session.get(Court, court_code) is None:
        raise NotFound(msg("没有代码为 {code} 的法院。", code=court_code))
    existing = (
        await work.session.exec(
            select(DisposalTeam).where(DisposalTeam.court_code == court_code, DisposalTeam.name == name)
        )
    ).first()
    if existing is not None:
        return existing
    team = DisposalTeam(id=new_id(), court_code=court_code, name=name, is_demo=is_demo)
    work.session.add(team)
    await record(work, "team.founded", stream=f"court:{court_code}", team=str(team.id), name=name)
    return team

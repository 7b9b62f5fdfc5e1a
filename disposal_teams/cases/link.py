"""Name a case that belongs to the same matter; what was preserved for it goes on as sealed for enforcement (A-07)."""

from sqlmodel import select

from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.turn_seal import turn_preserved
from disposal_teams.cases.models import CaseLink, EnforcementCase
from disposal_teams.cases.rules import parse_case_number


async def link_case(work: Work, case: EnforcementCase, *, case_no: str) -> int:
    """Link the case to another by number, registered here or not. Returns how many preservation seals turned by it (A-07).

    Raises `InvalidInput` (number), `Conflict` (linked already), `NotPermitted`.
    """
    require(work.actor, Permission.REGISTER_ASSET, court_code=case.court_code)
    number = str(parse_case_number(case_no))
    if number == case.case_no:
        raise InvalidInput(
            msg("案件不能与自身关联。"), fields={"linked_case_no": msg("案件不能与自身关联。")}
        )
    known = await work.session.exec(
        select(CaseLink).where(CaseLink.case_id == case.id, CaseLink.linked_case_no == number)
    )
    if known.first() is not None:
        raise Conflict(msg("案件 {number} 已经关联。", number=number))
    work.session.add(CaseLink(case_id=case.id, linked_case_no=number))
    await record(work, "case.linked", stream=f"case:{case.id}", case_id=case.id, linked=number)
    return await turn_preserved(work, case, [number])

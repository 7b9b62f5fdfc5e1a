"""The statement of the case (案件情况说明) that travels with a request and with the answer (T-03, T-04)."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from core.database import Work
from core.i18n import Message
from core.identity.models import Account
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.plain_text import clean_text


@dataclass(frozen=True, slots=True)
class CaseStatement:
    """What T-03 has the priority court say of its case: security, progress, the officer, and how to reach the applicant."""

    security: str = ""
    progress: str = ""
    officer: str = ""
    officer_phone: str = ""
    applicant: str = ""

    def as_stored(self) -> dict[str, Any]:
        """As it is kept with the request."""
        return asdict(self)


_LONGEST = {"security": 1000, "progress": 1000, "officer": 80, "officer_phone": 40, "applicant": 300}


def checked_statement(statement: CaseStatement, fields: dict[str, Message]) -> CaseStatement:
    """The statement, cleaned; notes what is wrong in `fields`."""
    clean = {
        name: clean_text(getattr(statement, name), name, fields, longest=longest, required=False)
        for name, longest in _LONGEST.items()
    }
    return replace(statement, **clean)


async def statement_of(work: Work, case: EnforcementCase) -> CaseStatement:
    """What the register says of a case: its officer, its applicants and how to reach them."""
    officer = await work.session.get(Account, case.officer_account_id) if case.officer_account_id else None
    applicants = [
        "，".join(part for part in (party.name, party.phone or "") if part)
        for party in await parties_of(work, case.id)
        if party.role == PartyRole.APPLICANT
    ]
    return CaseStatement(
        progress=f"{case.filed_on.isoformat()} 立案，案由：{case.cause}。",
        officer=officer.display_name if officer is not None else work.actor.name,
        applicant="；".join(applicants)[:300],
    )

"""The ruling or notice of a conclusion, and the notice of resumption (paper 33); to whom they go."""

from collections.abc import Collection

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document, issue_document
from core.i18n import Message
from core.notices import notify
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.conclusions.models import (
    CaseConclusion,
    Ground,
    PropertySearch,
    ResumeGround,
    SearchChannel,
    SearchState,
    Way,
)
from disposal_teams.conclusions.rules import GROUND_LABELS, PAPER_TITLES, RESUME_LABELS
from disposal_teams.conclusions.search_rules import CHANNEL_LABELS
from disposal_teams.courts.queries import court_of

PAPERS = frozenset({"case_conclusion", "case_resumed", "property_search_notice"})
_READERS: dict[str, tuple[PartyRole, ...]] = {"property_search_notice": (PartyRole.APPLICANT,)}
"""What was found is told to the applicants alone: a debtor who learns it could move it."""
_FOLDER = "disposal_teams/conclusions/documents"


async def issue_conclusion_paper(work: Work, conclusion: CaseConclusion, case: EnforcementCase) -> Document:
    """The ruling, or the notice where no ruling is needed."""
    way = Way(conclusion.way)
    return await issue_document(
        work, "case_conclusion", template=f"{_FOLDER}/conclusion.typ",
        data=await _frame(work, case)
        | {
            "way": way,
            "ground": GROUND_LABELS[Ground(conclusion.ground)],
            "reason": conclusion.reason,
            "applied_fen": conclusion.applied_fen,
            "realised_fen": conclusion.realised_fen,
            "left_fen": conclusion.applied_fen - conclusion.realised_fen,
            "members": conclusion.members,
        },
        title=PAPER_TITLES[way], court_code=case.court_code, case_no=case.case_no, case_id=case.id,
        subject=f"conclusion:{conclusion.id}",
    )  # fmt: skip


async def issue_resumption_paper(
    work: Work, conclusion: CaseConclusion, old: EnforcementCase, new: EnforcementCase
) -> Document:
    """恢复执行通知书."""
    return await issue_document(
        work, "case_resumed", template=f"{_FOLDER}/resumption.typ",
        data=await _frame(work, new)
        | {
            "old_case_no": old.case_no,
            "new_case_no": new.case_no,
            "concluded_on": str(conclusion.concluded_on),
            "ground": RESUME_LABELS[ResumeGround(conclusion.resume_ground or ResumeGround.OTHER)],
            "note": conclusion.resume_note,
            "left_fen": new.claim_fen,
        },
        court_code=new.court_code, case_no=new.case_no, case_id=new.id, subject=f"conclusion:{conclusion.id}",
    )  # fmt: skip


async def issue_search_notice(
    work: Work, search: PropertySearch, conclusion: CaseConclusion, case: EnforcementCase
) -> Document:
    """财产查询结果告知书, to the applicants."""
    return await issue_document(
        work, "property_search_notice", template=f"{_FOLDER}/search.typ",
        data=await _frame(work, case)
        | {
            "number": search.number,
            "concluded_on": str(conclusion.concluded_on),
            "channels": [CHANNEL_LABELS[SearchChannel(each)] for each in search.channels],
            "found": search.state == SearchState.FOUND,
            "findings": search.findings,
        },
        court_code=case.court_code, case_no=case.case_no, case_id=case.id, subject=f"search:{search.id}",
    )  # fmt: skip


async def _frame(work: Work, case: EnforcementCase) -> dict[str, object]:
    court = await court_of(work, case.court_code)
    parties = await parties_of(work, case.id)
    return {
        "court": court.name,
        "phone": court.supervision_phone,
        "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
        "is_demo": case.is_demo,
        "cause": case.cause,
        "filed_on": case.filed_on.isoformat(),
        "applicants": [party.name for party in parties if party.role == PartyRole.APPLICANT],
        "debtors": [party.name for party in parties if party.role == PartyRole.DEBTOR],
    }


async def tell_parties(
    work: Work,
    case: EnforcementCase,
    paper: Document,
    *,
    key: str,
    title: Message,
    body: Message,
    roles: Collection[PartyRole] = (PartyRole.APPLICANT, PartyRole.DEBTOR),
) -> list[str]:
    """Parties of these roles with a login are told at once; returns the party ids to whom the paper goes by post."""
    by_post = []
    for party in await parties_of(work, case.id):
        if party.role not in roles:
            continue
        if party.account_id is None:
            by_post.append(str(party.id))
            continue
        await notify(
            work, account_id=party.account_id, key=key, title=title, body=body, link=f"/documents/{paper.id}"
        )
    return by_post


async def party_may_read(work: Work, document: Document) -> bool:
    """Whether the reader is a party of the case to whom such a paper goes."""
    if work.actor.account_id is None or document.kind not in PAPERS or document.case_id is None:
        return False
    found = await work.session.exec(
        select(Party.id).where(
            Party.case_id == document.case_id,
            Party.account_id == work.actor.account_id,
            col(Party.role).in_(_READERS.get(document.kind, (PartyRole.APPLICANT, PartyRole.DEBTOR))),
        )
    )
    return found.first() is not None

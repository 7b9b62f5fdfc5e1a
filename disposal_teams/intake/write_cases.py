"""Write a batch of cases with parties, claims and links: a few statements, however many there are."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, insert, select

from core.audit import Happening, record_many
from core.database import Work
from core.ids import new_id
from disposal_teams.assets.models import Seal, SealKind
from disposal_teams.assets.turn_seal import turn_preserved
from disposal_teams.cases.models import CREDITORS, CaseLink, CaseState, EnforcementCase, Party, PartyClaim
from disposal_teams.cases.queries import case_by_number
from disposal_teams.cases.rules import course_of
from disposal_teams.cases.sealing import seal_identity
from disposal_teams.intake.case_lines import CaseDraft


async def write_cases(work: Work, drafts: Sequence[CaseDraft]) -> Counter[str]:
    """Register drafts that have been found good. The audit chain of each case begins as if it had been typed in."""
    cases: list[dict[str, Any]] = []
    parties: list[dict[str, Any]] = []
    claims: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    happenings: list[Happening] = []
    for draft in drafts:
        case_id, stream_of = new_id(), "case:{}"
        stream = stream_of.format(case_id)
        cases.append(
            {
                "id": case_id,
                "case_no": str(draft.number),
                "court_code": draft.court_code,
                "filed_on": draft.filed_on,
                "cause": draft.cause,
                "claim_fen": draft.claimed_fen,
                "course": str(course_of(draft.number.type)),
                "state": str(CaseState.OPEN),
                "is_demo": False,
                "created_at": work.now,
            }
        )
        happenings.append(
            Happening("case.registered", stream, case_id=case_id, details={"case_no": str(draft.number)})
        )
        links += [{"case_id": case_id, "linked_case_no": number} for number in draft.linked]
        for each in draft.parties:
            party_id = new_id()
            sealed = match = None
            if each.identity_number:
                sealed, match = seal_identity(
                    each.identity_number, party_id=party_id, is_natural_person=each.is_natural_person
                )
            parties.append(
                {
                    "id": party_id,
                    "case_id": case_id,
                    "role": str(each.role),
                    "name": each.name,
                    "is_natural_person": each.is_natural_person,
                    "identity_sealed": sealed,
                    "identity_match": match,
                    "phone": each.phone or None,
                    "address": each.address or None,
                    "is_reachable": True,
                    "claim_fen": sum(each.claim),
                }
            )
            if each.role in CREDITORS and (any(each.claim) or each.rank is not None):
                principal, interest, doubled = each.claim
                claims.append(
                    {
                        "party_id": party_id,
                        "principal_fen": principal,
                        "interest_fen": interest,
                        "doubled_interest_fen": doubled,
                        "rank": each.rank,
                    }
                )
            happenings.append(
                Happening(
                    "case.party_added", stream, case_id=case_id,
                    details={"role": str(each.role), "party": str(party_id)},
                )
            )  # fmt: skip
    for model, rows in ((EnforcementCase, cases), (Party, parties), (PartyClaim, claims), (CaseLink, links)):
        if rows:
            await work.session.execute(insert(model), rows)
    await record_many(work, happenings)
    await _turn_preserved(work, drafts)
    return Counter(cases=len(cases), parties=len(parties), claims=len(claims), links=len(links))


async def _turn_preserved(work: Work, drafts: Sequence[CaseDraft]) -> None:
    """What was preserved in a linked case goes on as sealed for enforcement (A-07)."""
    numbers = {number for draft in drafts for number in draft.linked}
    if not numbers:
        return
    rows = await work.session.exec(
        select(Seal.case_no)
        .where(col(Seal.case_no).in_(sorted(numbers)), Seal.kind == SealKind.PRESERVATION)
        .distinct()
    )
    preserved = set(rows)
    for draft in drafts:
        if preserved.intersection(draft.linked):
            case = await case_by_number(work, str(draft.number))
            if case is not None:
                await turn_preserved(work, case, [each for each in draft.linked if each in preserved])

"""Write a batch of assets with their seals, and the cases that they bring: a few statements, however many there are."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import insert

from core.audit import Happening, record_many
from core.clock import COURT_ZONE
from core.database import Work
from core.ids import new_id
from core.search_text import index_tokens
from disposal_teams.assets.models import Asset, AssetState, LeaseStatus, Seal, SealState, SoleHome
from disposal_teams.cases.models import CaseState, EnforcementCase, Party, PartyRole
from disposal_teams.cases.rules import course_of
from disposal_teams.intake.asset_lines import AssetDraft
from disposal_teams.intake.known import CasesOfFile

_LONGEST_PERSON = 4


async def write_assets(work: Work, drafts: Sequence[AssetDraft], cases: CasesOfFile) -> Counter[str]:
    """Register drafts that have been found good; the first seal of each binds, the others wait in order (A-01, A-04)."""
    happenings: list[Happening] = []
    counts = await _write_new_cases(work, drafts, cases, happenings)
    numbers = await _asset_numbers(work, len(drafts))
    assets: list[dict[str, Any]] = []
    seals: list[dict[str, Any]] = []
    for draft, asset_no in zip(drafts, numbers, strict=True):
        asset_id, case_id = new_id(), cases.ids[str(draft.number)]
        assets.append(_asset_row(work, draft, asset_id, case_id, asset_no))
        own: dict[str, Any] = {"asset_id": asset_id, "case_id": case_id}
        stream = f"asset:{asset_id}"
        happenings.append(
            Happening(
                "asset.registered",
                stream,
                "A-01",
                details={"asset_no": asset_no, "kind": str(draft.kind)},
                **own,
            )
        )
        for position, seal in enumerate(draft.seals, start=1):
            row = {
                "id": new_id(),
                "asset_id": asset_id,
                "position": position,
                "court_code": seal.court_code,
                "case_no": seal.case_no,
                "creditor_name": seal.creditor_name,
                "claim_fen": seal.claim_fen,
                "has_priority_right": seal.has_priority_right,
                "kind": str(seal.kind),
                "state": str(SealState.EFFECTIVE if position == 1 else SealState.WAITING),
                "registered_on": seal.registered_on,
                "expires_on": seal.expires_on,
                "effective_on": seal.registered_on if position == 1 else None,
            }
            seals.append(row)
            happenings.append(
                Happening(
                    "seal.recorded",
                    stream,
                    "A-01" if position == 1 else "A-04",
                    details={
                        "seal": str(row["id"]),
                        "position": position,
                        "state": row["state"],
                        "seal_case_no": seal.case_no,
                        "expires_on": seal.expires_on.isoformat(),
                    },
                    **own,
                )
            )
        if draft.seals:
            happenings.append(
                Happening(
                    "asset.state_changed",
                    stream,
                    "A-01",
                    details={
                        "before": str(AssetState.REGISTERED),
                        "after": str(AssetState.SEALED_EFFECTIVE),
                        "behind_transfer": False,
                        "reason": "查封生效",
                    },
                    **own,
                )
            )
    if assets:
        await work.session.execute(insert(Asset), assets)
    if seals:
        await work.session.execute(insert(Seal), seals)
    await record_many(work, happenings)
    return counts + Counter(assets=len(assets), seals=len(seals))


def _asset_row(work: Work, draft: AssetDraft, asset_id: UUID, case_id: UUID, asset_no: str) -> dict[str, Any]:
    found_by = (draft.title, draft.location, draft.registry_no, draft.owner_name, str(draft.number))
    return {
        "id": asset_id,
        "asset_no": asset_no,
        "kind": str(draft.kind),
        "title": draft.title,
        "location": draft.location,
        "district": draft.district,
        "registry_no": draft.registry_no or None,
        "source_key": draft.source_key,
        "case_id": case_id,
        "court_code": draft.number.court_code,
        "state": str(AssetState.SEALED_EFFECTIVE if draft.seals else AssetState.REGISTERED),
        "sole_home": str(SoleHome.UNKNOWN),
        "lease_status": str(LeaseStatus.UNKNOWN),
        "area_m2": draft.area_m2,
        "attributes": {},
        "owner_name": draft.owner_name,
        "search_tokens": index_tokens(" ".join(filter(None, found_by))),
        "is_demo": False,
        "created_at": work.now,
    }


async def _asset_numbers(work: Work, wanted: int) -> list[str]:
    year = work.now.astimezone(COURT_ZONE).year
    rows = await work.session.execute(
        text("SELECT nextval('asset_number_sequence') FROM generate_series(1, :wanted)"), {"wanted": wanted}
    )
    return [f"ZC{year}{number:06d}" for number in rows.scalars()]


async def _write_new_cases(
    work: Work, drafts: Sequence[AssetDraft], cases: CasesOfFile, happenings: list[Happening]
) -> Counter[str]:
    rows: list[dict[str, Any]] = []
    parties: list[dict[str, Any]] = []
    for draft in drafts:
        number = str(draft.number)
        if number in cases.ids:
            continue
        case_id = cases.ids[number] = new_id()
        rows.append(
            {
                "id": case_id,
                "case_no": number,
                "court_code": draft.number.court_code,
                "filed_on": draft.filed_on,
                "cause": draft.cause,
                "claim_fen": draft.claim_fen,
                "course": str(course_of(draft.number.type)),
                "state": str(CaseState.OPEN),
                "is_demo": False,
                "created_at": work.now,
            }
        )
        stream = f"case:{case_id}"
        happenings.append(Happening("case.registered", stream, case_id=case_id, details={"case_no": number}))
        for name, role in ((draft.applicant, PartyRole.APPLICANT), (draft.debtor, PartyRole.DEBTOR)):
            if name:
                party_id = new_id()
                parties.append(
                    {
                        "id": party_id,
                        "case_id": case_id,
                        "role": str(role),
                        "name": name,
                        "is_natural_person": len(name) <= _LONGEST_PERSON,
                        "is_reachable": True,
                        "claim_fen": 0,
                    }
                )
                happenings.append(
                    Happening(
                        "case.party_added", stream, case_id=case_id,
                        details={"role": str(role), "party": str(party_id)},
                    )
                )  # fmt: skip
    if rows:
        await work.session.execute(insert(EnforcementCase), rows)
    if parties:
        await work.session.execute(insert(Party), parties)
    return Counter(cases=len(rows), parties=len(parties))

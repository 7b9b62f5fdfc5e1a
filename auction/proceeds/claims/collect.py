"""The claims that the court's own files hold: applicants, priority creditors, seals of other cases, earlier requests to join."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from auction.proceeds.claims.models import ClaimOrigin, ClaimState, DistributionClaim
from auction.proceeds.models import Proceeds
from auction.proceeds.outstanding import Outstanding, outstanding_of
from auction.proceeds.plan.divide import SPECIAL, Rank
from core.database import Work
from core.ids import new_id
from disposal_teams.assets.models import Asset, Seal, SealKind, SealState
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.queries import case_of

LIVING = {SealState.EFFECTIVE, SealState.WAITING, SealState.TREATED_AS_TRANSFERRED}
_RANKS = {PartyRole.APPLICANT: Rank.ORDINARY, PartyRole.PRIORITY_CREDITOR: Rank.SECURED}


async def collect_claims(work: Work, proceeds: Proceeds, parties: Sequence[Party]) -> None:
    """Write down what the files say, less what was paid before (D-06), as admitted: an officer corrects and completes it before
    the plan is drafted."""
    assets = [UUID(part["asset_id"]) for part in proceeds.parts]
    await work.session.execute(
        update(DistributionClaim)
        .where(
            col(DistributionClaim.asset_id).in_(assets),
            col(DistributionClaim.proceeds_id).is_(None),
            col(DistributionClaim.state).in_([ClaimState.SUBMITTED, ClaimState.ADMITTED]),
        )
        .values(proceeds_id=proceeds.id)
    )
    of_case = select(Asset.id).where(Asset.case_id == proceeds.case_id)
    await work.session.execute(  # who came too late for an earlier sale of the case takes part now (D-22)
        update(DistributionClaim)
        .where(
            col(DistributionClaim.asset_id).in_(of_case),
            col(DistributionClaim.proceeds_id).is_(None),
            col(DistributionClaim.state) == ClaimState.PARKED,
            col(DistributionClaim.rank).not_in(sorted(str(rank) for rank in SPECIAL)),
        )
        .values(proceeds_id=proceeds.id, state=ClaimState.SUBMITTED)
    )
    case = await case_of(work, proceeds.case_id)
    left = await outstanding_of(work, case)
    of_party = {each.party_id: each for each in left}
    for party in parties:
        rank = _RANKS.get(PartyRole(party.role))
        if rank is None:
            continue
        work.session.add(
            _claim(
                work,
                proceeds,
                ClaimOrigin.PARTY,
                f"party:{party.id}",
                creditor=party.name,
                party_id=party.id,
                account_id=party.account_id,
                court_code=case.court_code,
                case_no=case.case_no,
                rank=rank,
                part_asset_id=proceeds.asset_id if rank is Rank.SECURED else None,
                principal_fen=of_party[party.id].title_due_fen,
                doubled_fen=of_party[party.id].doubled_due_fen,
                title_ref=case.case_no,
            )
        )
    known = {case.case_no}
    for asset_id in assets:
        for seal in await seals_of(work, asset_id):
            if seal.case_no not in known and {seal.state, seal.state_before_ruling} & LIVING:
                known.add(seal.case_no)
                before = next((each for each in left if each.case_no == seal.case_no), None)
                work.session.add(_of_seal(work, proceeds, seal, parties, before))
    await work.session.flush()


def _of_seal(
    work: Work, proceeds: Proceeds, seal: Seal, parties: Sequence[Party], before: Outstanding | None
) -> DistributionClaim:
    """A seal of another case; a preservation has no title yet, so its part is reserved (D-10, D-11). `before`: how that case
    stands after earlier distributions of this one."""
    party = next((each for each in parties if each.name == seal.creditor_name), None)
    confirmed = seal.kind != SealKind.PRESERVATION
    return _claim(
        work,
        proceeds,
        ClaimOrigin.SEAL,
        f"seal:{seal.case_no}",
        creditor=seal.creditor_name or f"{seal.case_no}案申请人",
        party_id=party.id if party else None,
        account_id=party.account_id if party else None,
        court_code=seal.court_code,
        case_no=seal.case_no,
        rank=Rank.SECURED if seal.has_priority_right else Rank.ORDINARY,
        part_asset_id=seal.asset_id if seal.has_priority_right else None,
        since=seal.registered_on if seal.has_priority_right else None,
        principal_fen=before.title_due_fen if before else seal.claim_fen,
        doubled_fen=before.doubled_due_fen if before else 0,
        has_title=confirmed,
        is_confirmed=confirmed,
        title_ref=seal.case_no,
    )


def _claim(
    work: Work,
    proceeds: Proceeds,
    origin: ClaimOrigin,
    source_key: str,
    *,
    creditor: str,
    party_id: UUID | None,
    account_id: UUID | None,
    court_code: str | None,
    case_no: str,
    rank: Rank,
    part_asset_id: UUID | None,
    principal_fen: int,
    doubled_fen: int,
    title_ref: str,
    since: date | None = None,
    has_title: bool = True,
    is_confirmed: bool = True,
) -> DistributionClaim:
    return DistributionClaim(
        id=new_id(),
        asset_id=proceeds.asset_id,
        proceeds_id=proceeds.id,
        origin=origin,
        source_key=source_key,
        state=ClaimState.ADMITTED,
        creditor=creditor[:80],
        party_id=party_id,
        account_id=account_id,
        court_code=court_code,
        case_no=case_no,
        rank=rank,
        part_asset_id=part_asset_id,
        since=since,
        principal_fen=principal_fen,
        doubled_fen=doubled_fen,
        has_title=has_title,
        is_confirmed=is_confirmed,
        title_ref=title_ref,
        submitted_at=work.now,
        decided_at=work.now,
        decision_note="依本院案卷和查封登记列入",
    )

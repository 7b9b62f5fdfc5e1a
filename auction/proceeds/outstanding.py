"""What stays due to the creditors of a case after everything that was paid (D-06): the rest can be claimed at any time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, or_, select

from auction.in_kind.models import InKindInquiry, InKindOffer, OfferState
from auction.proceeds.claims.models import ClaimState, DistributionClaim
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.payout.models import Payout, PayoutKind, PayoutState
from core.database import Work
from disposal_teams.cases.models import CREDITORS, EnforcementCase, Party, PartyRole
from disposal_teams.cases.queries import parties_of


@dataclass(frozen=True, slots=True)
class Received:
    """Money or an asset that a creditor got for the claim, in fen."""

    at: datetime
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How one creditor stands, in fen. The claim is the newest that the court has put down: `title_fen` and the doubled interest
    on `since`, None when it stands in the file of the case; `received_fen` came after it. Doubled interest that runs on is
    reckoned when money is divided again (M-10)."""

    creditor: str
    case_no: str
    party_id: UUID | None
    title_fen: int
    doubled_fen: int
    received_fen: int
    since: datetime | None = None

    @property
    def claimed_fen(self) -> int:
        """The claim with its doubled interest."""
        return self.title_fen + self.doubled_fen

    @property
    def title_due_fen(self) -> int:
        """What is left of the title's claim, which is paid before the doubled interest (D-05)."""
        return max(0, self.title_fen - self.received_fen)

    @property
    def due_fen(self) -> int:
        """What stays due (D-06); nothing when more was paid than was claimed."""
        return max(0, self.claimed_fen - self.received_fen)

    @property
    def doubled_due_fen(self) -> int:
        """What of it is doubled interest."""
        return self.due_fen - self.title_due_fen


def stands(
    creditor: str,
    case_no: str,
    party_id: UUID | None,
    *,
    file_fen: int,
    corrected_at: datetime | None,
    claims: Iterable[tuple[datetime, int, int]],
    received: Sequence[Received],
) -> Outstanding:
    """How a creditor stands (D-06): the newest of the file's claim, corrected at a moment, and the claims put down in
    distributions (moment, title, doubled interest; fen), less what came since. Pure."""
    newest = max(claims, default=None)
    since: datetime | None = corrected_at
    title, doubled = file_fen, 0
    if newest is not None and (corrected_at is None or newest[0] >= corrected_at):
        since, title, doubled = newest
    came = sum(each.amount_fen for each in received if since is None or each.at >= since)
    return Outstanding(creditor, case_no, party_id, title, doubled, came, since)


async def outstanding_of(work: Work, case: EnforcementCase) -> list[Outstanding]:
    """Every creditor of the case, and those of other cases who took part in a distribution of its money; the caller has checked
    who asks."""
    parties = [each for each in await parties_of(work, case.id) if each.role in CREDITORS]
    claims = await _claims(work, case, parties)
    received = await _received(work, claims, parties)
    alone = sum(each.role == PartyRole.APPLICANT for each in parties) == 1
    found = []
    for party in parties:
        own = [each for each in claims if each.party_id == party.id]
        from_case = case.claim_fen if alone and party.role == PartyRole.APPLICANT else 0
        found.append(
            stands(
                party.name,
                case.case_no,
                party.id,
                file_fen=party.claim_fen or from_case,
                corrected_at=party.claim_corrected_at,
                claims=_figures(own),
                received=[*received.get(party.id, ()), *_of_claims(own, received)],
            )
        )
    known = {party.id for party in parties}
    others: dict[tuple[str, str], list[DistributionClaim]] = {}
    for claim in claims:
        if claim.party_id not in known:
            others.setdefault((claim.creditor, claim.case_no), []).append(claim)
    for (creditor, case_no), theirs in sorted(others.items()):
        found.append(
            stands(
                creditor, case_no, theirs[-1].party_id, file_fen=0, corrected_at=None, claims=_figures(theirs),
                received=_of_claims(theirs, received),
            )
        )  # fmt: skip
    return found


def _figures(claims: Iterable[DistributionClaim]) -> list[tuple[datetime, int, int]]:
    return [(each.submitted_at, each.title_fen, each.doubled_fen) for each in claims]


def _of_claims(claims: Iterable[DistributionClaim], received: dict[UUID, list[Received]]) -> list[Received]:
    return [payment for each in claims for payment in received.get(each.id, ())]


async def _claims(work: Work, case: EnforcementCase, parties: Sequence[Party]) -> list[DistributionClaim]:
    """Admitted claims in distributions of the case's money, and the case's creditors' own in others' (T-05), oldest first."""
    of_case = select(Proceeds.id).where(Proceeds.case_id == case.id, Proceeds.state != ProceedsState.REVOKED)
    rows = await work.session.exec(
        select(DistributionClaim)
        .where(
            DistributionClaim.state == ClaimState.ADMITTED,
            col(DistributionClaim.proceeds_id).is_not(None),
            or_(
                col(DistributionClaim.proceeds_id).in_(of_case),
                col(DistributionClaim.party_id).in_([each.id for each in parties]),
            ),
        )
        .order_by(col(DistributionClaim.submitted_at), col(DistributionClaim.id))
    )
    return list(rows)


async def _received(
    work: Work, claims: Sequence[DistributionClaim], parties: Sequence[Party]
) -> dict[UUID, list[Received]]:
    """What was paid on each claim, and what each party took in kind, by its id."""
    found: dict[UUID, list[Received]] = {}
    paid = await work.session.exec(
        select(
            Payout.claim_id,
            func.coalesce(Payout.paid_at, Payout.created_at),
            Payout.amount_fen - Payout.recovered_fen,
        ).where(
            Payout.kind == PayoutKind.CREDITOR,
            col(Payout.claim_id).in_([each.id for each in claims]),
            col(Payout.state).in_([PayoutState.PAID, PayoutState.DEPOSITED]),
        )
    )
    for claim_id, at, amount in paid:
        if claim_id is not None:
            found.setdefault(claim_id, []).append(Received(at, amount))
    taken = await work.session.exec(
        select(InKindInquiry.party_id, InKindOffer.served_at, InKindOffer.share_fen)
        .join(InKindInquiry, col(InKindInquiry.id) == col(InKindOffer.taker_inquiry_id))
        .where(
            col(InKindInquiry.party_id).in_([each.id for each in parties]),
            InKindOffer.state == OfferState.SERVED,
        )
    )
    for party_id, served_at, share in taken:
        if served_at is not None:
            found.setdefault(party_id, []).append(Received(served_at, share))
    return found


async def own_outstanding(work: Work) -> list[tuple[EnforcementCase, Outstanding]]:
    """What stays due to the actor, case by case."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(Party).where(Party.account_id == work.actor.account_id, col(Party.role).in_(sorted(CREDITORS)))
    )
    own = {party.id: party.case_id for party in rows}
    found = []
    for case_id in dict.fromkeys(own.values()):
        case = await work.session.get_one(EnforcementCase, case_id)
        found += [(case, each) for each in await outstanding_of(work, case) if each.party_id in own]
    return found

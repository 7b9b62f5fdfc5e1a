"""Gather what the guards of a request look at: from the seal chain, the cases and the value of the asset."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import RuleViolation
from core.i18n import msg
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetState, Seal, SealKind, SealState
from disposal_teams.assets.rules import IN_FORCE, PREPARATION_STATES
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.cases.rules import ENFORCING_TYPES, parse_case_number
from disposal_teams.transfers.eligibility import TransferFacts
from disposal_teams.transfers.models import TransferRequest, TransferState

MAY_MOVE = PREPARATION_STATES | {AssetState.SUSPENDED, AssetState.SELF_SALE}
"""States in which the first court has neither published a notice nor entered the sell-off."""

ValuesOf = Callable[[Work, Collection[UUID]], Awaitable[Mapping[UUID, int]]]

_VALUE_SOURCES: list[ValuesOf] = []


def knows_values(source: ValuesOf) -> ValuesOf:
    """Register who knows the values of assets, in fen; the floor above does. An earlier source goes before a later one."""
    if source not in _VALUE_SOURCES:
        _VALUE_SOURCES.append(source)
    return source


async def values_of(work: Work, asset_ids: Collection[UUID]) -> dict[UUID, int]:
    """The values of these assets in fen, as far as anybody knows one."""
    values: dict[UUID, int] = {}
    for source in reversed(_VALUE_SOURCES):
        values.update(await source(work, asset_ids))
    return values


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Of the cases on both sides. `first_filed_on` is None while the first court only preserves."""

    first_filed_on: date | None = None
    company_debtor: bool = False
    same_claim: bool = False
    own_filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ClaimsBefore:
    """Claims in fen that would be paid before the requester's: prior-ranking rights, and earlier seals."""

    prior_fen: int
    earlier_fen: int


def claims_before(chain: Sequence[Seal], own: Seal | None, *, company_debtor: bool) -> ClaimsBefore:
    """What stands before the requester in the chain (T-10). Pure.

    Rights with priority go before every ordinary claim, and before a later one of their kind; earlier ordinary seals count
    only against a company, whose creditors are paid in the order of their seals.
    """
    living = [seal for seal in chain if SealState(seal.state) in IN_FORCE | {SealState.WAITING}]
    prior = [
        seal
        for seal in living
        if seal.has_priority_right
        and seal is not own
        and (own is None or not own.has_priority_right or seal.position < own.position)
    ]
    ordinary_claim = own is None or not own.has_priority_right
    earlier = [
        seal
        for seal in living
        if company_debtor
        and ordinary_claim
        and not seal.has_priority_right
        and own is not None
        and seal.position < own.position
    ]
    return ClaimsBefore(sum(seal.claim_fen for seal in prior), sum(seal.claim_fen for seal in earlier))


def facts_of(
    asset: Asset,
    chain: Sequence[Seal],
    *,
    today: date,
    court_code: str,
    case_no: str,
    cases: CaseFacts,
    bound_until: date | None,
    value_fen: int | None,
    prior_claims_fen: int = 0,
    first_case_costs_fen: int = 0,
    claims_priority: bool = False,
    right_confirmed: bool = True,
) -> TransferFacts:
    """The facts of one court's request. `prior_claims_fen`: what is known of prior claims beyond the chain. Pure."""
    first = next(seal for seal in chain if SealState(seal.state) in IN_FORCE)
    waiting = [seal for seal in chain if SealState(seal.state) is SealState.WAITING]
    own = [seal for seal in waiting if seal.court_code == court_code]
    enforcing = [seal for seal in waiting if SealKind(seal.kind) is SealKind.ENFORCEMENT]
    before = claims_before(chain, own[0] if own else None, company_debtor=cases.company_debtor)
    settings = legal()
    return TransferFacts(
        today=today,
        first_seal_on=first.effective_on or first.registered_on,
        first_seal_kind=SealKind(first.kind),
        first_filed_on=cases.first_filed_on,
        notice_published=asset.first_listed_at is not None or not _may_move(asset),
        requester_is_enforcing=parse_case_number(case_no).type in ENFORCING_TYPES,
        requester_has_waiting_seal=bool(own),
        requester_is_earliest_enforcing=bool(enforcing) and enforcing[0].court_code == court_code,
        right_ranks_before_first=claims_priority or any(seal.has_priority_right for seal in own),
        right_confirmed=right_confirmed,
        estimated_value_fen=value_fen,
        first_case_costs_fen=first_case_costs_fen,
        prior_claims_fen=max(prior_claims_fen, before.prior_fen),
        earlier_seals_fen=before.earlier_fen,
        asset_itself_in_dispute=bool(asset.attributes.get("itself_in_dispute")),
        same_claim=cases.same_claim,
        requester_filed_first=cases.own_filed_on is not None
        and cases.first_filed_on is not None
        and cases.own_filed_on < cases.first_filed_on,
        disposal_since=asset.disposal_since,
        bound_until=bound_until,
        idle_days=settings.transfer_idle_days,
    )


def check_may_go(asset: Asset) -> None:
    """Raise `RuleViolation` for an asset whose notice is published, or that is sold: its sale is not torn apart (T-01)."""
    if asset.first_listed_at is not None or not _may_move(asset):
        raise RuleViolation(
            "T-01", msg("标的物已发布拍卖公告或者已经成交，处置权不能移送；可以申请参与分配。")
        )


def _may_move(asset: Asset) -> bool:
    state = AssetState(asset.state)
    if state is AssetState.TRANSFER_PENDING and asset.resume_state is not None:
        state = AssetState(asset.resume_state)
    return state in MAY_MOVE


async def cases_of(work: Work, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], CaseFacts]:
    """The facts of the cases for pairs of (first case number, requester's case number), in two queries."""
    numbers = {number for pair in pairs for number in pair}
    if not numbers:
        return {}
    found = await work.session.exec(
        select(EnforcementCase).where(col(EnforcementCase.case_no).in_(sorted(numbers)))
    )
    cases = {case.case_no: case for case in found}
    parties: dict[UUID, list[Party]] = {case.id: [] for case in cases.values()}
    rows = await work.session.exec(
        select(Party).where(
            col(Party.case_id).in_(sorted(parties)),
            col(Party.role).in_([PartyRole.APPLICANT, PartyRole.DEBTOR]),
        )
    )
    for party in rows:
        parties[party.case_id].append(party)
    return {
        (first, own): _case_facts(cases.get(first), cases.get(own), first, parties) for first, own in pairs
    }


def _case_facts(
    first: EnforcementCase | None,
    own: EnforcementCase | None,
    first_no: str,
    parties: Mapping[UUID, Sequence[Party]],
) -> CaseFacts:
    theirs = parties.get(first.id, ()) if first is not None else ()
    ours = parties.get(own.id, ()) if own is not None else ()
    enforcing = parse_case_number(first_no).type in ENFORCING_TYPES
    debtors = [party for party in theirs if party.role == PartyRole.DEBTOR]
    return CaseFacts(
        first_filed_on=first.filed_on if first is not None and enforcing else None,
        company_debtor=bool(debtors) and not any(party.is_natural_person for party in debtors),
        same_claim=all(
            bool(_people(theirs, role) & _people(ours, role))
            for role in (PartyRole.APPLICANT, PartyRole.DEBTOR)
        ),
        own_filed_on=own.filed_on if own is not None else None,
    )


def _people(parties: Sequence[Party], role: PartyRole) -> set[bytes | str]:
    return {party.identity_match or party.name for party in parties if party.role == role}


async def bound_until(work: Work, asset_ids: Collection[UUID]) -> dict[UUID, date]:
    """Assets about which a decision of the superior is still being followed, with its last day (T-06, T-17)."""
    if not asset_ids:
        return {}
    rows = await work.session.exec(
        select(TransferRequest)
        .where(
            col(TransferRequest.asset_id).in_(sorted(asset_ids)),
            TransferRequest.state == TransferState.DECIDED,
            col(TransferRequest.follow_up_due_on).is_not(None),
            col(TransferRequest.follow_up_due_on) >= work.now.astimezone(COURT_ZONE).date(),
        )
        .order_by(col(TransferRequest.follow_up_due_on))
    )
    return {row.asset_id: row.follow_up_due_on for row in rows if row.follow_up_due_on is not None}

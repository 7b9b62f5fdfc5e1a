"""The nightly scan of idle first seals (L-28, L-31): what each waiting court should ask for, by which rule, and what it could
expect. One pass over the waiting seals in batches, so that its memory does not grow with the city."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, may, require
from disposal_teams.assets.models import Asset, Seal, SealState
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text
from disposal_teams.transfers.eligibility import (
    TransferFacts,
    best_basis,
    eligible_day,
    surplus_for_requester,
)
from disposal_teams.transfers.facts import MAY_MOVE, bound_until, cases_of, facts_of, values_of
from disposal_teams.transfers.models import (
    OPEN_TRANSFER_STATES,
    ProposalState,
    TransferProposal,
    TransferRequest,
)
from disposal_teams.transfers.notify import COURT_ROLES

BATCH = 1000
_LIVING = [str(state) for state in IN_FORCE | {SealState.WAITING}]
_OPEN = [str(state) for state in OPEN_TRANSFER_STATES]


async def scan_idle_seals(work: Work, *, batch: int = BATCH) -> Counter[str]:
    """Bring the proposals up to date with today; tells each court how many are new. Returns the new ones by court.

    Running it again on the same day changes nothing. A proposal that a court has dismissed stays dismissed.
    """
    started = work.now
    fresh: Counter[str] = Counter()
    async for rows in _batches(work, batch):
        fresh.update(await _propose(work, rows))
    await work.session.execute(
        update(TransferProposal)
        .where(
            col(TransferProposal.state).in_([ProposalState.OPEN, ProposalState.DISMISSED]),
            col(TransferProposal.scanned_at) < started,
        )
        .values(state=ProposalState.LAPSED, ended_at=started)
    )
    for court, number in sorted(fresh.items()):
        await tell_court(
            work,
            court,
            *COURT_ROLES,
            key=f"transfer-proposals:{started.astimezone(COURT_ZONE).date().isoformat()}",
            title=msg("可商请移送的财产"),
            body=msg("夜间扫描发现 {count} 件首封法院逾期未处置、本院可以商请移送的财产。", count=number),
            link="/court#idle",
        )
    return fresh


async def _batches(work: Work, size: int) -> AsyncIterator[list[tuple[Seal, Asset]]]:
    """Waiting seals on assets of other courts that nobody has published or asked for, in the order of their ids."""
    after: UUID | None = None
    busy = select(TransferRequest.id).where(
        TransferRequest.asset_id == Asset.id, col(TransferRequest.state).in_(_OPEN)
    )
    query = (
        select(Seal, Asset)
        .join(Asset, col(Asset.id) == col(Seal.asset_id))
        .where(
            Seal.state == SealState.WAITING,
            col(Asset.court_code) != col(Seal.court_code),
            col(Asset.first_listed_at).is_(None),
            col(Asset.state).in_(sorted(str(state) for state in MAY_MOVE)),
            ~busy.exists(),
        )
        .order_by(col(Seal.id))
        .limit(size)
    )
    while True:
        page = query if after is None else query.where(col(Seal.id) > after)
        rows = list((await work.session.exec(page)).all())
        if rows:
            yield rows
            after = rows[-1][0].id
        if len(rows) < size:
            return


async def _propose(work: Work, rows: list[tuple[Seal, Asset]]) -> Counter[str]:
    """Judge one batch by the rules and keep what they allow."""
    today = work.now.astimezone(COURT_ZONE).date()
    assets = {asset.id: asset for _, asset in rows}
    chains: dict[UUID, list[Seal]] = defaultdict(list)
    for seal in await work.session.exec(
        select(Seal)
        .where(col(Seal.asset_id).in_(sorted(assets)), col(Seal.state).in_(_LIVING))
        .order_by(col(Seal.asset_id), col(Seal.position))
    ):
        chains[seal.asset_id].append(seal)
    firsts = {
        asset_id: next((seal for seal in chain if SealState(seal.state) in IN_FORCE), None)
        for asset_id, chain in chains.items()
    }
    judged = [(seal, asset, first) for seal, asset in rows if (first := firsts.get(asset.id)) is not None]
    cases = await cases_of(work, {(first.case_no, seal.case_no) for seal, _, first in judged})
    values = await values_of(work, assets.keys())
    bound = await bound_until(work, assets.keys())
    found: list[dict[str, Any]] = []
    for seal, asset, first in judged:
        facts = facts_of(
            asset,
            chains[asset.id],
            today=today,
            court_code=seal.court_code,
            case_no=seal.case_no,
            cases=cases[first.case_no, seal.case_no],
            bound_until=bound.get(asset.id),
            value_fen=values.get(asset.id),
        )
        if line := _line(seal, asset, facts, work.now):
            found.append(line)
    return await _keep(work, found)


def _line(seal: Seal, asset: Asset, facts: TransferFacts, now: datetime) -> dict[str, Any] | None:
    basis = best_basis(facts)
    if basis is None:
        return None
    return {
        "seal_id": seal.id,
        "asset_id": asset.id,
        "court_code": seal.court_code,
        "first_court_code": asset.court_code,
        "case_no": seal.case_no,
        "basis": basis,
        "state": ProposalState.OPEN,
        "eligible_on": eligible_day(basis, facts),
        "estimated_value_fen": facts.estimated_value_fen,
        "prior_claims_fen": facts.prior_claims_fen,
        "earlier_seals_fen": facts.earlier_seals_fen,
        "surplus_fen": surplus_for_requester(facts),
        "found_at": now,
        "scanned_at": now,
        "dismissed_why": "",
    }


async def _keep(work: Work, found: list[dict[str, Any]]) -> Counter[str]:
    """Write the proposals; returns how many are new for each court: never seen, or lapsed and eligible again."""
    if not found:
        return Counter()
    known = await work.session.exec(
        select(TransferProposal.seal_id).where(
            col(TransferProposal.seal_id).in_([line["seal_id"] for line in found]),
            col(TransferProposal.state).in_([ProposalState.OPEN, ProposalState.DISMISSED]),
        )
    )
    standing = set(known)
    statement = insert(TransferProposal).values(found)
    new = statement.excluded
    dismissed = col(TransferProposal.state) == ProposalState.DISMISSED
    stands = col(TransferProposal.state).in_([ProposalState.OPEN, ProposalState.DISMISSED])
    await work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["seal_id"],
            set_={
                **{column: new[column] for column in _FRESH},
                "state": case((dismissed, col(TransferProposal.state)), else_=new.state),
                "ended_at": case((dismissed, col(TransferProposal.ended_at)), else_=None),
                "found_at": case((stands, col(TransferProposal.found_at)), else_=new.found_at),
            },
        )
    )
    return Counter(line["court_code"] for line in found if line["seal_id"] not in standing)


_FRESH = (
    "first_court_code",
    "basis",
    "eligible_on",
    "estimated_value_fen",
    "prior_claims_fen",
    "earlier_seals_fen",
    "surplus_fen",
    "scanned_at",
)


async def dismiss_proposal(work: Work, seal_id: UUID, *, why: str) -> TransferProposal:
    """The court will not ask, and says why; the scan leaves it in peace. Raises `Conflict`, `InvalidInput`, `NotFound`."""
    proposal = await proposal_of(work, seal_id)
    require(work.actor, Permission.REQUEST_TRANSFER, court_code=proposal.court_code)
    fields: dict[str, Message] = {}
    why = clean_text(why, "why", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明不商请的理由。"), fields=fields)
    if proposal.state != ProposalState.OPEN:
        raise Conflict(msg("该项建议已经处理。"), rule="L-28")
    proposal.state, proposal.ended_at, proposal.dismissed_why = ProposalState.DISMISSED, work.now, why
    await record(
        work,
        "transfer.proposal_dismissed",
        stream=f"asset:{proposal.asset_id}",
        rule=proposal.basis,
        asset_id=proposal.asset_id,
        court=proposal.court_code,
        why=why,
    )
    return proposal


async def proposal_of(work: Work, seal_id: UUID) -> TransferProposal:
    """A proposal, locked, for the court that it is made to; unknown to every other (P-03)."""
    found = await work.session.exec(
        select(TransferProposal).where(TransferProposal.seal_id == seal_id).with_for_update()
    )
    proposal = found.first()
    if proposal is None or not may(work.actor, Permission.SEE_COURT_FILES, court_code=proposal.court_code):
        raise NotFound(msg("没有找到该项建议，或它与本院无关。"), rule="P-03")
    return proposal


async def take_proposals(work: Work, asset_id: UUID, court_code: str) -> None:
    """The court has asked for the asset: what was proposed to it is done; to the others nothing is proposed any more."""
    await work.session.execute(
        update(TransferProposal)
        .where(
            col(TransferProposal.asset_id) == asset_id,
            col(TransferProposal.state) == ProposalState.OPEN,
        )
        .values(
            state=case(
                (col(TransferProposal.court_code) == court_code, str(ProposalState.TAKEN)),
                else_=str(ProposalState.LAPSED),
            ),
            ended_at=work.now,
        )
    )


@dataclass(frozen=True, slots=True)
class ProposedAsset:
    """A proposal with what the registry tells of its asset; the file stays closed (P-03)."""

    proposal: TransferProposal
    asset_no: str
    title: str
    idle_days: int


async def proposals_for(work: Work, court_code: str, *, limit: int = 50) -> list[ProposedAsset]:
    """What the court should ask for: the largest expectation first, unknown ones last."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(TransferProposal, Asset.asset_no, Asset.title, _FIRST_ON)
        .join(Asset, col(Asset.id) == col(TransferProposal.asset_id))
        .join(Seal, (col(Seal.asset_id) == col(Asset.id)) & col(Seal.state).in_(_IN_FORCE))
        .where(TransferProposal.court_code == court_code, TransferProposal.state == ProposalState.OPEN)
        .order_by(col(TransferProposal.surplus_fen).desc().nulls_last(), col(TransferProposal.eligible_on))
        .limit(limit)
    )
    today = work.now.astimezone(COURT_ZONE).date()
    return [
        ProposedAsset(proposal, number, title, (today - first_on).days)
        for proposal, number, title, first_on in rows
    ]


_IN_FORCE = [str(state) for state in IN_FORCE]
_FIRST_ON: Any = func.coalesce(Asset.disposal_since, Seal.effective_on, Seal.registered_on)

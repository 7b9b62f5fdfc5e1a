"""What the courts know of a case before it is concluded: assets, seals, instructions, transfers, objections, and on what it
only waits (T-13). What sales left open comes from the floor above (`auction/conclusions`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, or_, select

from core.database import Work
from core.deadlines.rules import day_in_court
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.conclusions.models import CaseConclusion, FirstCourtCheck
from disposal_teams.conclusions.rules import WaitingAsset
from disposal_teams.instructions.models import OPEN_STATES, Instruction, InstructionKind, InstructionState
from disposal_teams.objections.models import Objection
from disposal_teams.transfers.models import TransferRequest, TransferState

OVER = frozenset(
    {
        AssetState.DELIVERED,
        AssetState.CLOSED,
        AssetState.TRANSFERRED_OUT,
        AssetState.UNSOLD_RELEASED,
        AssetState.OTHER_MEASURE,
        AssetState.WITHDRAWN,
        AssetState.IN_KIND_RULED,
    }
)
"""Nothing is left to be disposed of."""

UNSENT = frozenset({InstructionState.DRAFT, InstructionState.AWAITING_APPROVAL, InstructionState.WITHDRAWN})
DECIDED = frozenset({TransferState.DECIDED, TransferState.CONSENTED, TransferState.COMPLETED})
ENDED_TRANSFERS = frozenset({TransferState.COMPLETED, TransferState.RECALLED})


@dataclass(frozen=True, slots=True)
class Waited:
    """An asset on which the case only waits, with what was done about it."""

    asset: Asset
    facts: WaitingAsset


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Numbers of what is open on the courts' side; `waited` for T-13; `had_property`: something of it could be sold (K-12)."""

    assets: tuple[str, ...]
    seals: tuple[str, ...]
    instructions: tuple[str, ...]
    transfers: tuple[str, ...]
    objections: tuple[str, ...]
    waited: tuple[Waited, ...]
    had_property: bool


async def applied_fen(work: Work, case: EnforcementCase) -> int:
    """What was applied for: the case's claim, or where none was entered what its applicants claim."""
    if case.claim_fen:
        return case.claim_fen
    parties = await parties_of(work, case.id)
    return sum(party.claim_fen for party in parties if party.role == PartyRole.APPLICANT)


async def case_facts(work: Work, case: EnforcementCase) -> CaseFacts:
    """Read in the transaction of the decision; the caller has checked who asks."""
    numbers = await _numbers(work, case)
    held = list(
        await work.session.exec(
            select(Asset)
            .where(Asset.case_id == case.id, Asset.court_code == case.court_code)
            .order_by(Asset.asset_no)
        )
    )
    seals = list(
        await work.session.exec(
            select(Seal, Asset)
            .join(Asset, col(Asset.id) == col(Seal.asset_id))
            .where(
                col(Seal.case_no).in_(numbers),
                Seal.court_code == case.court_code,
                col(Seal.state).in_(
                    [SealState.EFFECTIVE, SealState.WAITING, SealState.TREATED_AS_TRANSFERRED]
                ),
            )
            .order_by(Asset.asset_no)
        )
    )
    waiting = {
        asset.id: (asset, seal)
        for seal, asset in seals
        if seal.state == SealState.WAITING and AssetState(asset.state) not in OVER
    }
    return CaseFacts(
        assets=tuple(
            asset.asset_no
            for asset in held
            if AssetState(asset.state) not in OVER and asset.id not in waiting
        ),
        seals=tuple(
            dict.fromkeys(asset.asset_no for _, asset in seals if AssetState(asset.state) not in OVER)
        ),
        instructions=await _open_instructions(work, case),
        transfers=await _open_transfers(work, case),
        objections=await _open_objections(work, case),
        waited=tuple(
            [
                Waited(asset, await _waiting(work, case, asset))
                for asset, seal in waiting.values()
                if not seal.has_priority_right
            ]
        ),
        had_property=any(asset.id not in waiting for asset in held),
    )


async def _numbers(work: Work, case: EnforcementCase) -> list[str]:
    """The case's number, and of a resumed case those before it: seals keep the number under which they were registered."""
    numbers, case_id = [case.case_no], case.id
    for _ in range(10):
        rows = await work.session.exec(
            select(EnforcementCase)
            .join(CaseConclusion, col(CaseConclusion.case_id) == col(EnforcementCase.id))
            .where(CaseConclusion.new_case_id == case_id, EnforcementCase.court_code == case.court_code)
        )
        before = rows.first()
        if before is None:
            break
        numbers.append(before.case_no)
        case_id = before.id
    return numbers


async def _open_instructions(work: Work, case: EnforcementCase) -> tuple[str, ...]:
    """A 参与分配函 that has left the court may stay open: the creditor waits for its share (T-13)."""
    rows = await work.session.exec(
        select(Instruction)
        .where(
            Instruction.case_id == case.id,
            col(Instruction.state).in_([str(state) for state in OPEN_STATES]),
        )
        .order_by(col(Instruction.drafted_at))
    )
    return tuple(
        each.number or each.subject
        for each in rows
        if each.kind != InstructionKind.PARTICIPATE or InstructionState(each.state) in UNSENT
    )


async def _open_transfers(work: Work, case: EnforcementCase) -> tuple[str, ...]:
    """Requests of the case or about its assets. One before a superior whose days are over hinders nobody (T-13)."""
    rows = await work.session.exec(
        select(TransferRequest, Asset.asset_no)
        .join(Asset, col(Asset.id) == col(TransferRequest.asset_id))
        .where(
            or_(col(TransferRequest.requesting_case_id) == case.id, col(Asset.case_id) == case.id),
            col(TransferRequest.state).not_in([str(state) for state in ENDED_TRANSFERS]),
            col(TransferRequest.completed_at).is_(None),
        )
        .order_by(col(TransferRequest.requested_at))
    )
    return tuple(
        number
        for request, number in rows
        if not (
            request.requesting_case_id == case.id
            and request.state == TransferState.COORDINATING
            and request.decision_due_at is not None
            and request.decision_due_at <= work.now
        )
    )


async def _open_objections(work: Work, case: EnforcementCase) -> tuple[str, ...]:
    rows = await work.session.exec(
        select(Objection).where(Objection.case_id == case.id).order_by(col(Objection.submitted_at))
    )
    return tuple(each.number or each.claim[:20] for each in rows if each.is_open)


async def _waiting(work: Work, case: EnforcementCase, asset: Asset) -> WaitingAsset:
    check = await newest_check(work, case.id, asset.id)
    request = (
        await work.session.exec(
            select(TransferRequest)
            .where(
                TransferRequest.asset_id == asset.id,
                TransferRequest.requesting_court_code == case.court_code,
                TransferRequest.state != TransferState.RECALLED,
            )
            .order_by(col(TransferRequest.requested_at).desc())
            .limit(1)
        )
    ).first()
    letters: Sequence[Instruction] = list(
        await work.session.exec(
            select(Instruction)
            .where(
                Instruction.case_id == case.id,
                Instruction.asset_id == asset.id,
                Instruction.kind == InstructionKind.PARTICIPATE,
                Instruction.to_court == asset.court_code,
                col(Instruction.sent_at).is_not(None),
                Instruction.state != InstructionState.WITHDRAWN,
            )
            .order_by(col(Instruction.sent_at))
        )
    )
    return WaitingAsset(
        asset.asset_no,
        asset.title,
        checked_on=day_in_court(check.checked_at) if check is not None else None,
        asked_on=day_in_court(request.requested_at) if request is not None else None,
        was_refused=request is not None
        and (
            request.refusal_code is not None
            or request.state in {TransferState.REFUSED, TransferState.SILENT}
            or request.decision_due_at is not None
        ),
        superior_due_at=request.decision_due_at if request is not None else None,
        superior_decided=request is not None and request.state in DECIDED,
        letter_sent_on=day_in_court(letters[0].sent_at) if letters and letters[0].sent_at else None,
    )


async def newest_check(work: Work, case_id: UUID, asset_id: UUID) -> FirstCourtCheck | None:
    """What was seen last of the asset at the first court."""
    return (
        await work.session.exec(
            select(FirstCourtCheck)
            .where(FirstCourtCheck.case_id == case_id, FirstCourtCheck.asset_id == asset_id)
            .order_by(col(FirstCourtCheck.checked_at).desc())
            .limit(1)
        )
    ).first()

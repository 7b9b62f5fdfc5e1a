"""The switch of the disposal right: one transaction moves the owner court, the seal chain's flag, the clocks and the file, and
voids what the old court has not sent (T-04, T-05)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

import disposal_teams.instructions.follow_disposal  # noqa: F401 - unsent instructions follow the disposal right
from core.database import Work
from core.deadlines import also_kept_in, meet_deadline, open_deadline
from core.documents import Document
from core.documents.issue import documents_of
from core.identity import Role
from core.legal_settings import legal
from disposal_teams.assets.follow_court import Followed, give_to_court
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.assets.seal import seals_of
from disposal_teams.dossier.read import entries_going_out
from disposal_teams.surveys.conduct import latest_survey
from disposal_teams.transfers.facts import check_may_go
from disposal_teams.transfers.handover_rules import FileFacts, opening_list, score
from disposal_teams.transfers.models import HandOver, TransferRequest
from disposal_teams.transfers.notify import tell_parties
from disposal_teams.transfers.papers import issue_party_notice
from disposal_teams.transfers.progress import close_clocks, end_transfer

CLOCK = "T-04"

also_kept_in(CLOCK, table=HandOver, end="due_at", by="transfer_id")
"""The rule id of the clock of the hand-over."""

_VALUED = frozenset({AssetState.VALUATION, AssetState.READY_TO_LIST})


@dataclass(frozen=True, slots=True)
class Moved:
    """The seal in force, and what followed the disposal right."""

    seal: Seal | None
    followed: Followed


async def move_disposal(
    work: Work, asset: Asset, *, to_court: str, rule: str, case_id: UUID | None = None, **details: Any
) -> Moved:
    """Let `to_court` dispose of the locked asset from now on: the seal in force keeps its place and counts as that court's
    (T-05), the clocks run for it, unsent drafts of the old court are void. `case_id`: its case in which that is done."""
    before = asset.court_code
    seal = (
        await work.session.exec(
            select(Seal).where(
                Seal.asset_id == asset.id, col(Seal.state).in_([str(state) for state in IN_FORCE])
            )
        )
    ).first()
    if seal is not None:
        seal.state = SealState.TREATED_AS_TRANSFERRED if seal.court_code != to_court else SealState.EFFECTIVE
    followed = await give_to_court(work, asset, to_court)
    if case_id is not None:
        asset.case_id = case_id
    await note_asset(
        work,
        asset,
        "asset.court_changed",
        rule,
        before=before,
        after=to_court,
        followed=dict(followed.counts),
        **details,
    )
    return Moved(seal, followed)


async def hand_over(
    work: Work, request: TransferRequest, asset: Asset, *, to_court: str, rule: str, paper: Document
) -> HandOver:
    """Give the disposal of the asset to `to_court` by the letter or decision `paper`, and open the list of what is to be
    handed over in three days. Cases stay in their courts; the asset is disposed of in the case of the receiving court (T-05).

    A court that dawdles with its files cannot hold the right back: the switch is complete with this transaction. Raises
    `RuleViolation` for an asset whose sale has begun (T-01).
    """
    check_may_go(asset)
    before, from_case = asset.court_code, asset.case_id
    stage = AssetState(asset.resume_state or asset.state)
    survey = await latest_survey(work, asset.id)
    dossier = await entries_going_out(work, from_case, asset_id=asset.id)
    await close_clocks(work, request, "L-29", "L-30", event=f"transfer.{request.state}")
    moved = await move_disposal(
        work,
        asset,
        to_court=to_court,
        rule=rule,
        case_id=request.requesting_case_id if to_court == request.requesting_court_code else None,
        transfer=str(request.id),
    )
    items = opening_list(
        FileFacts(
            seals=len(await seals_of(work, asset.id)),
            survey=survey is not None,
            valuation=stage in _VALUED,
            papers=len(await documents_of(work, asset_id=asset.id)),
            clocks=moved.followed.counts["clocks"],
            money_fen=sum(each.amount_fen for each in moved.followed.money),
            dossier=len(dossier),
        )
    )
    request.handed_over = {
        "from_court": before,
        "to_court": to_court,
        "from_case": str(from_case),
        "seal": str(moved.seal.id) if moved.seal else None,
        "survey": str(survey.id) if survey else None,
        "stage": str(stage),
        # What the dossier was at the switch, by hash: it stays in its case, open to the new court (P-03).
        "dossier": [each.newest.sha256.hex() for each in dossier],
    }
    rounds = await work.session.exec(
        select(func.count()).select_from(HandOver).where(HandOver.transfer_id == request.id)
    )
    opened = HandOver(
        transfer_id=request.id,
        round=rounds.one() + 1,
        asset_id=asset.id,
        from_court=before,
        to_court=to_court,
        items=[item.as_stored() for item in items],
        followed=dict(moved.followed.counts),
        money=[asdict(each) for each in moved.followed.money],
        score=score(items),
        opened_at=work.now,
        due_at=await _start_clock(work, request, before),
    )
    work.session.add(opened)
    await end_transfer(work, request, asset, reason="处置权移送完成")
    notice = await issue_party_notice(work, request, asset, opened, paper)
    opened.notice_document_id = notice.id
    await tell_parties(work, request, asset, notice)
    return opened


async def _start_clock(work: Work, request: TransferRequest, from_court: str) -> datetime:
    await meet_deadline(
        work, CLOCK, subject_kind="transfer", subject_id=request.id, done_event="transfer.moved_again"
    )
    deadline = await open_deadline(
        work,
        CLOCK,
        subject_kind="transfer",
        subject_id=request.id,
        days=legal().transfer_handover_days,
        owner_role=Role.CASE_OFFICER,
        owner_court=from_court,
        asset_id=request.asset_id,
    )
    return deadline.due_at


__all__ = ["CLOCK", "Moved", "hand_over", "move_disposal"]

"""The switch of the disposal right: one transaction moves the owner court, the seal chain's flag and the file (T-04, T-05)."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import move_deadlines
from disposal_teams.assets.models import Asset, Seal, SealState
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.surveys.conduct import latest_survey
from disposal_teams.transfers.models import TransferRequest
from disposal_teams.transfers.progress import close_clocks, end_transfer


async def move_disposal(
    work: Work, asset: Asset, *, to_court: str, rule: str, case_id: UUID | None = None, **details: Any
) -> Seal | None:
    """Let `to_court` dispose of the locked asset from now on: the seal in force keeps its place and counts as that court's
    (T-05), the clocks run for it. `case_id`: its case in which that is done. Returns the seal in force."""
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
    asset.court_code, asset.team_id = to_court, None
    asset.disposal_since = work.now.astimezone(COURT_ZONE).date()
    if case_id is not None:
        asset.case_id = case_id
    await move_deadlines(work, asset_id=asset.id, from_court=before, to_court=to_court)
    await record(
        work,
        "asset.court_changed",
        stream=f"asset:{asset.id}",
        rule=rule,
        asset_id=asset.id,
        case_id=asset.case_id,
        before=before,
        after=to_court,
        **details,
    )
    return seal


async def hand_over(work: Work, request: TransferRequest, asset: Asset, *, to_court: str, rule: str) -> None:
    """Give the disposal of the asset to `to_court`. Cases stay in their courts; the asset is disposed of in the case of
    the receiving court from now on (T-05)."""
    before, from_case = asset.court_code, asset.case_id
    stage = asset.resume_state or asset.state
    survey = await latest_survey(work, asset.id)
    await close_clocks(work, request, "L-29", "L-30", event=f"transfer.{request.state}")
    seal = await move_disposal(
        work,
        asset,
        to_court=to_court,
        rule=rule,
        case_id=request.requesting_case_id if to_court == request.requesting_court_code else None,
        transfer=str(request.id),
    )
    request.handed_over = {
        "from_court": before,
        "to_court": to_court,
        "from_case": str(from_case),
        "seal": str(seal.id) if seal else None,
        "survey": str(survey.id) if survey else None,
        "stage": stage,
    }
    await end_transfer(work, request, asset, reason="处置权移送完成")

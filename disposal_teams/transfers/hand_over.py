"""The switch of the disposal right: one transaction moves the owner court, the seal chain's flag and the file (T-04, T-05)."""

from sqlmodel import col, select

from core.audit import record
from core.database import Work
from core.deadlines import move_deadlines
from disposal_teams.assets.models import Asset, Seal, SealState
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.surveys.conduct import latest_survey
from disposal_teams.transfers.models import TransferRequest
from disposal_teams.transfers.progress import close_clocks, end_transfer


async def hand_over(work: Work, request: TransferRequest, asset: Asset, *, to_court: str, rule: str) -> None:
    """Give the disposal of the asset to `to_court`. Cases stay in their courts; the asset is disposed of in the case of
    the receiving court from now on. The first seal keeps its place and counts as the receiving court's (T-05)."""
    before = asset.court_code
    seal = (
        await work.session.exec(
            select(Seal).where(
                Seal.asset_id == asset.id, col(Seal.state).in_([str(state) for state in IN_FORCE])
            )
        )
    ).first()
    survey = await latest_survey(work, asset.id)
    request.handed_over = {
        "from_court": before,
        "to_court": to_court,
        "from_case": str(asset.case_id),
        "seal": str(seal.id) if seal else None,
        "survey": str(survey.id) if survey else None,
        "stage": asset.resume_state or asset.state,
    }
    if seal is not None:
        seal.state = SealState.TREATED_AS_TRANSFERRED if seal.court_code != to_court else SealState.EFFECTIVE
    asset.court_code, asset.team_id = to_court, None
    if to_court == request.requesting_court_code:
        asset.case_id = request.requesting_case_id
    await close_clocks(work, request, "L-29", "L-30", event=f"transfer.{request.state}")
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
        transfer=str(request.id),
    )
    await end_transfer(work, request, asset, reason="处置权移送完成")

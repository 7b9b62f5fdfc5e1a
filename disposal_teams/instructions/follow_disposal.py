"""Instructions about an asset that its old court has written and not sent are void when another court disposes (§11.7)."""

from sqlmodel import col, select

from core.database import Work
from disposal_teams.assets.follow_court import Followed, on_court_changed
from disposal_teams.assets.models import Asset
from disposal_teams.instructions.models import Instruction, InstructionState
from disposal_teams.instructions.progress import move
from disposal_teams.instructions.rules import Step


@on_court_changed
async def void_unsent(work: Work, asset: Asset, before: str, followed: Followed) -> None:
    """Withdraw them, with the reason."""
    found = await work.session.exec(
        select(Instruction)
        .where(
            Instruction.asset_id == asset.id,
            Instruction.from_court == before,
            col(Instruction.state).in_([InstructionState.DRAFT, InstructionState.AWAITING_APPROVAL]),
        )
        .order_by(col(Instruction.id))
        .with_for_update()
    )
    for draft in list(found):
        await move(work, draft, Step.WITHDRAW, rule="T-05", reason="处置法院已变更，未发出的文书作废")
        followed.counts["instructions_voided"] += 1

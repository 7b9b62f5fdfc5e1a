"""What is recorded of an asset: one stream each, which its page tells and its timeline keeps."""

from typing import Any

from core.audit import record
from core.database import Work
from disposal_teams.assets.models import Asset


async def note_asset(work: Work, asset: Asset, event: str, rule: str | None, **details: Any) -> None:
    """Record that `event` happened to the asset, under `rule`."""
    await record(
        work,
        event,
        stream=f"asset:{asset.id}",
        rule=rule,
        asset_id=asset.id,
        case_id=asset.case_id,
        **details,
    )

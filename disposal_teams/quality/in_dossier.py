"""The papers on quality that a debtor handed in belong to the dossier of its case (B-05)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.i18n import msg
from disposal_teams.assets.models import Asset
from disposal_teams.dossier.models import DossierKind
from disposal_teams.dossier.sources import Elsewhere, dossier_source
from disposal_teams.quality.models import QualityDemand, QualityFile


@dossier_source("quality")
async def quality_files(work: Work, case_id: UUID) -> Sequence[Elsewhere]:
    """What lies in the room of the asset's quality."""
    rows = await work.session.exec(
        select(QualityFile, Asset.asset_no)
        .join(QualityDemand, col(QualityDemand.id) == col(QualityFile.demand_id))
        .join(Asset, col(Asset.id) == col(QualityDemand.asset_id))
        .where(QualityDemand.case_id == case_id)
    )
    return [
        Elsewhere(
            DossierKind.PARTY_PAPERS,
            msg("标的物质量资料"),
            msg("被执行人提交") if file.by_debtor else msg("法院收存"),
            file.added_at,
            f"/team/assets/{asset_no}/quality/files/{file.file_id}",
            file.sha256,
        )
        for file, asset_no in rows
    ]

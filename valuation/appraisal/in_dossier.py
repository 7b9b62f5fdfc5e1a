"""Appraisal reports belong to the dossier of the asset's case; they are read on the page of the valuation (V-24)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.i18n import msg
from disposal_teams.assets.models import Asset
from disposal_teams.dossier.models import DossierKind
from disposal_teams.dossier.sources import Elsewhere, dossier_source
from valuation.appraisal.models import AppraisalReport
from valuation.models import Valuation


@dossier_source("appraisal")
async def appraisal_reports(work: Work, case_id: UUID) -> Sequence[Elsewhere]:
    """The reports whose PDF was handed in."""
    rows = await work.session.exec(
        select(AppraisalReport, Asset.asset_no)
        .join(Valuation, col(Valuation.id) == col(AppraisalReport.valuation_id))
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(Asset.case_id == case_id, col(AppraisalReport.file_id).is_not(None))
    )
    return [
        Elsewhere(
            DossierKind.VALUATION,
            msg("评估报告 {number}", number=report.report_no),
            msg("{name}", name=report.firm),
            report.entered_at,
            f"/team/assets/{asset_no}/valuation",
            report.file_sha256.hex() if report.file_sha256 else "",
        )
        for report, asset_no in rows
    ]

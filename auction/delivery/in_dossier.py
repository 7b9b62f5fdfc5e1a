"""Photos and signed pages of clearing and hand-over belong to the dossier of the asset's case (B-72)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.delivery.models import DeliveryFile
from auction.listing.models import Lot
from core.database import Work
from core.i18n import msg
from disposal_teams.assets.models import Asset
from disposal_teams.dossier.models import DossierKind
from disposal_teams.dossier.sources import Elsewhere, dossier_source


@dossier_source("delivery")
async def delivery_files(work: Work, case_id: UUID) -> Sequence[Elsewhere]:
    """What lies with the delivery of the sold assets."""
    rows = await work.session.exec(
        select(DeliveryFile, Lot.lot_no)
        .join(Lot, col(Lot.id) == col(DeliveryFile.lot_id))
        .join(Asset, col(Asset.id) == col(Lot.asset_id))
        .where(Asset.case_id == case_id)
    )
    return [
        Elsewhere(
            DossierKind.SALE,
            msg("腾退交付记录：{caption}", caption=file.caption) if file.caption else msg("腾退交付记录"),
            msg("法院收存"),
            file.added_at,
            f"/team/settlements/{lot_no}/delivery/files/{file.file_id}",
            file.sha256,
        )
        for file, lot_no in rows
    ]

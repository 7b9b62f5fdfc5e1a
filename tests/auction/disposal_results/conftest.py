"""Every test begins with a sale whose ruling has been served, of an asset that came to 昆山 by a transfer from 虎丘."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from auction.listing.models import Lot
from core.database import Database
from core.identity import SYSTEM
from core.ids import new_id
from disposal_teams.assets.models import Asset, SealKind
from disposal_teams.assets.seal import seals_of
from disposal_teams.transfers.models import TransferBasis, TransferRequest, TransferState
from tests.auction.delivery.conftest import Served, served, served_city, template
from tests.disposal_teams.city import HUQIU, KUNSHAN, make_case

__all__ = ["served", "served_city", "template"]


@dataclass(frozen=True, slots=True)
class Transferred:
    """The sale with the transfer that went before it."""

    lot: Lot
    transfer_id: UUID
    served: Served


@pytest.fixture
async def transferred(database: Database, served: Served) -> Transferred:
    """The rows as a transfer by consent leaves them: 虎丘's preservation seal is the first of the chain."""
    async with database.begin(SYSTEM) as work:
        lot = await work.session.get_one(Lot, served.lot.id)
        asset = await work.session.get_one(Asset, lot.asset_id)
        first_case = await make_case(work, HUQIU, 77, kind="执保")
        first = (await seals_of(work, asset.id))[0]
        first.court_code, first.case_no, first.kind = HUQIU, first_case.case_no, SealKind.PRESERVATION
        first.claim_fen, first.creditor_name = 30_000_000, "某公司"
        request = TransferRequest(
            id=new_id(),
            asset_id=asset.id,
            first_court_code=HUQIU,
            requesting_court_code=KUNSHAN,
            requesting_case_id=lot.case_id,
            requesting_case_no="（2026）苏0583执1号",
            first_case_no=first_case.case_no,
            basis=TransferBasis.PRIORITY_CLAIM,
            state=TransferState.CONSENTED,
            reason="优先债权已确认",
            requested_at=work.now,
            answered_at=work.now,
            handed_over={"from_court": HUQIU, "to_court": KUNSHAN},
        )
        work.session.add(request)
        return Transferred(lot, request.id, served)

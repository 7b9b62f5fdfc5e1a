"""The panel's choice travels from its record to the notice and to the signed rules of the log (B-03, B-40)."""

from auction.bidding.log import RECEIPT_PURPOSE
from auction.bidding.published_log import public_log
from auction.bidding.verify_log import verify_log
from auction.listing.checklist_facts import checklist_of
from auction.listing.draft_lot import draft_lot
from auction.listing.models import LotBidding
from auction.listing.papers import issue_notice_papers
from auction.listing.publish_lot import publish_lot
from auction.listing.queries import notice_versions
from core.crypto import SigningKey
from core.database import Work
from tests.auction.listing.workshop import decided, later, made_ready, valued_asset


async def test_B40_the_panel_allows_ceilings_and_the_notice_and_the_log_say_so(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    assert not lot.ceiling_bids_allowed
    again = await decided(later(team, seconds=1), made, ceiling_bids_allowed=True)
    assert (again.lot_id, lot.ceiling_bids_allowed) == (lot.id, True), "the draft follows the newest decision"
    team = await made_ready(team, lot)
    lot.ceiling_bids_allowed = False
    assert [line.id for line in await checklist_of(team, lot) if not line.ok] == ["panel"]
    lot.ceiling_bids_allowed = True
    await publish_lot(team, lot.id)
    bidding = await team.session.get_one(LotBidding, lot.id)
    assert bidding.ceiling_bids_allowed
    (notice,) = await notice_versions(team, lot.id)
    assert notice.content["ceiling_bids_allowed"] is True
    await issue_notice_papers(team, lot_id=lot.id, version=1)
    log = await public_log(team, lot.lot_no, SigningKey(bytes(32), RECEIPT_PURPOSE))
    assert log.procedure.ceiling_bids_allowed
    assert verify_log(log) == []

"""What the published notice says (B-11, B-14, B-15, X-08)."""

import re
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlmodel import select

from auction.listing.models import NoticeVersion
from auction.listing.papers import issue_notice_papers
from auction.listing.publish_lot import publish_lot
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.documents import Document
from core.identity import SYSTEM
from disposal_teams.assets.models import AssetKind
from tests.auction.listing.workshop import ready_lot
from tests.auction.market import published_sell_off
from tests.conftest import CourtClock


async def paper_text(work: Work, lot_id: UUID, kind: str) -> str:
    """What the lot's paper of this kind says."""
    found = await work.session.exec(
        select(Document.content).where(Document.lot_id == lot_id, Document.kind == kind)
    )
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(found.one())).pages))


FIGURES = {
    "title", "court", "case_no", "starting_price_fen", "increment_fen", "deposit_fen", "balance_due_days", "starts_at",
    "ends_at", "bank_name", "bank_account_no", "account_holder", "supervision_phone", "warnings", "publicity",
}  # fmt: skip
"""Asset, price, deposit, time, court, payment and supervision (B-11)."""

OF_KIND = {
    AssetKind.REAL_ESTATE: ("占有", "租赁", "税"),
    AssetKind.VEHICLE: ("违章", "排放", "里程"),
    AssetKind.SHARES: ("认缴", "实缴"),
}


async def test_B11_the_notice_names_everything_that_the_law_lists(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    notice = (await team.session.exec(select(NoticeVersion).where(NoticeVersion.lot_id == lot.id))).one()
    assert {name for name, value in notice.content.items() if value not in (None, "", [])} >= FIGURES
    assert len(notice.content["warnings"]) == 7
    assert len(notice.content["publicity"]) == 11


@pytest.mark.parametrize("kind", list(OF_KIND))
async def test_B15_the_survey_of_its_kind_is_disclosed_line_by_line(work: Work, kind: AssetKind) -> None:
    _, _, lot = await ready_lot(work, kind=kind)
    items = " ".join(fact["item"] for fact in lot.disclosure["facts"])
    assert all(word in items for word in OF_KIND[kind]), items
    assert all(fact["source"] and fact["as_of"] for fact in lot.disclosure["facts"])


async def test_B14_the_written_notice_says_what_the_court_does_not_warrant(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    await issue_notice_papers(team, lot_id=lot.id, version=1)
    assert "本院不对标的物的品质承担瑕疵担保责任" in await paper_text(team, lot.id, "auction_notice")


async def test_X08_the_papers_of_a_sell_off_say_how_it_runs_and_what_a_default_costs(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_sell_off(database, clock)
    async with database.read(SYSTEM) as work:
        notice = await paper_text(work, lot.id, "sell_off_notice")
        instructions = await paper_text(work, lot.id, "bidder_instructions")
    assert lot.starts_at is not None
    opens = lot.starts_at.astimezone(COURT_ZONE)
    for words in (
        "网络司法变卖公告", "昆山市某商铺", "变卖价560,000.00", "变卖期", f"{opens.month}月{opens.day}日", "保证金56,000.00",
        "增价幅度3,000.00", "先全额预缴变卖价", "24小时竞价",
    ):  # fmt: skip
        assert words in notice, words
    for paper in (notice, instructions):
        assert re.search(r"预缴款中相当于保证金的\D?56,000.00\D{0,2}不予退还", paper), (
            "X-07: only the named deposit is kept"
        )
        assert "其余退还" in paper
        assert "重新变卖" in paper
        assert "重新拍卖" not in paper
    assert re.search(r"全额预缴变卖价\D?560,000.00", instructions), "X-05"
    assert "首次有效出价后竞价24小时" in instructions, "X-06"

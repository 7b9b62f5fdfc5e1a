"""What the published notice says (B-11, B-14, B-15, X-08)."""

import pytest
from sqlmodel import select

from auction.listing.models import NoticeVersion
from auction.listing.papers import issue_notice_papers
from auction.listing.publish_lot import publish_lot
from core.database import Work
from core.documents import documents_of
from core.settings import PROJECT_ROOT
from disposal_teams.assets.models import AssetKind
from tests.auction.listing.workshop import ready_lot

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
    assert "auction_notice" in {paper.kind for paper in await documents_of(team, lot_id=lot.id)}
    text = (PROJECT_ROOT / "auction/listing/documents/notice.typ").read_text(encoding="utf-8")
    assert (
        "不承担瑕疵担保责任" in text.replace("对标的物的品质", "")
        or "不对标的物的品质承担瑕疵担保责任" in text
    )


def test_X08_the_notice_of_a_sell_off_says_how_it_runs_and_what_a_default_costs() -> None:
    text = (PROJECT_ROOT / "auction/listing/documents/notice.typ").read_text(encoding="utf-8")
    for words in ("变卖价", "变卖期", "保证金", "增价幅度", "先全额缴纳变卖价", "24小时竞价", "悔拍", "X-08"):
        assert words in text

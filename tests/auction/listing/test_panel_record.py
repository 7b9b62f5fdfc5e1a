"""The panel's votes and its record (B-03, V-43, §10 no. 10)."""

import pytest
from sqlmodel import select

from auction.listing.panel_record import issue_panel_record
from auction.listing.rules import check_votes, clearly_low
from core.database import Work
from core.documents import Document
from core.errors import InvalidInput
from tests.auction.listing.workshop import decided, valued_asset

NAMES = ["审判长", "审判员甲", "审判员乙"]


def test_V43_a_majority_of_every_members_vote_decides() -> None:
    assert check_votes(NAMES, dict.fromkeys(NAMES, "agree")) is None
    assert check_votes(NAMES, {**dict.fromkeys(NAMES, "agree"), NAMES[2]: "dissent"}) is None
    for wrong in (
        {**dict.fromkeys(NAMES, "dissent"), NAMES[0]: "agree"},
        dict.fromkeys(NAMES[:2], "agree"),
        dict.fromkeys([*NAMES, "外人"], "agree"),
        dict.fromkeys(NAMES, "perhaps"),
    ):
        assert check_votes(NAMES, wrong) is not None


def test_V43_a_start_below_the_expected_range_is_noticed() -> None:
    assert clearly_low(699, expected_low_fen=700)
    assert not clearly_low(700, expected_low_fen=700)
    assert not clearly_low(1, expected_low_fen=None)


async def test_V43_the_record_names_figures_and_votes_and_stays_inside(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    with pytest.raises(InvalidInput) as refused:
        await decided(team, made, votes=dict.fromkeys(NAMES, "dissent"))
    assert set(refused.value.fields) == {"votes"}
    votes = {**dict.fromkeys(NAMES, "agree"), NAMES[1]: "dissent"}
    decision = await decided(team, made, votes=votes)
    await issue_panel_record(team, decision_id=decision.id)
    paper = (await team.session.exec(select(Document).where(Document.kind == "panel_record"))).one()
    assert (paper.id, paper.is_public) == (decision.document_id, False)
    facts = dict(paper.data["facts"])
    assert facts["成员意见：审判员甲"] == "不同意"
    assert facts["起拍价（即保留价）"].startswith("700,000")
    assert "1,000,000" in facts["处置参考价"]

"""From the fixed price to the published notice, by the use cases on a real database."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from auction.listing.catalogue import papers_of_lot, public_papers
from auction.listing.change_notice import change_notice
from auction.listing.checklist_facts import checklist_of
from auction.listing.disclosure import Viewing, read_disclosure
from auction.listing.draft_lot import draft_lot, edit_draft
from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.listing.next_round import prepare_next_round, unprepared_failures
from auction.listing.notice import is_intact
from auction.listing.notify import notify_parties, post_publicly, record_notification, record_waiver
from auction.listing.panel import record_panel_decision
from auction.listing.papers import issue_notice_papers, issue_party_notice
from auction.listing.publish_lot import ChecklistRefused, publish_lot
from auction.listing.queries import notice_versions
from auction.withdrawal.publish import publish_end
from auction.withdrawal.withdraw_lot import withdraw_lot
from core.database import Work
from core.deadlines import Deadline, DeadlineState
from core.documents import Document
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from disposal_teams.assets.models import AssetKind, AssetState, LeaseStatus, SoleHome
from disposal_teams.assets.seal import seal_in_force
from tests.auction.listing.workshop import (
    PANEL,
    STRANGER,
    TEAM,
    YUAN,
    at,
    by,
    decided,
    later,
    made_ready,
    ready_lot,
    replaced,
    valued_asset,
)


async def red_lines(work: Work, lot: Lot) -> set[str]:
    """Ids of the red lines now."""
    return {line.id for line in await checklist_of(work, lot) if not line.ok}


async def test_a_complete_lot_is_published_and_its_notice_frozen(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    assert await red_lines(team, lot) == set()
    await publish_lot(team, lot.id)
    assert (lot.state, lot.published_at) == (LotState.PUBLISHED, team.now)
    assert made.asset.state == AssetState.LISTED
    bidding = await team.session.get(LotBidding, lot.id)
    assert bidding is not None
    assert (bidding.phase, bidding.starts_at, bidding.ends_at) == (
        "waiting",
        lot.starts_at,
        lot.scheduled_end_at,
    )
    (notice,) = await notice_versions(team, lot.id)
    assert is_intact(notice)
    with pytest.raises(RuleViolation, match="§11"):
        await publish_lot(team, lot.id)


async def test_B16_a_published_notice_cannot_be_rewritten(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    await team.session.flush()
    with pytest.raises(DBAPIError, match="cannot be changed"):
        await team.session.execute(text("UPDATE notice_version SET content = '{}'"))


async def test_the_papers_of_a_notice_are_written_once(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    await issue_notice_papers(team, lot_id=lot.id, version=1)
    await issue_notice_papers(team, lot_id=lot.id, version=1)
    papers = (await team.session.exec(select(Document).where(Document.lot_id == lot.id))).all()
    assert {paper.kind for paper in papers} == {"auction_notice", "bidder_instructions"}
    assert all(paper.is_public and paper.content.startswith(b"%PDF") for paper in papers)
    assert "王小明" not in str([paper.data for paper in papers])


async def test_B20_B51_parties_and_bidders_get_their_papers(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    await issue_party_notice(team, lot_id=lot.id)
    await publish_lot(team, lot.id)
    await withdraw_lot(team, lot.id, ground="paid", reason="债务已清偿")
    await publish_end(team, lot_id=lot.id, reason="债务已清偿")
    papers = {paper.kind: paper for paper in await papers_of_lot(team, lot.id)}
    assert not papers["party_notice"].is_public
    assert papers["withdrawal_notice"].is_public
    assert [paper.kind for paper in await public_papers(team, lot.id)] == ["withdrawal_notice"]
    waiting = await team.session.execute(
        text(
            "SELECT task FROM outbox_message "
            "WHERE task LIKE 'auction.listing.papers.%' OR task LIKE 'auction.withdrawal.%'"
        )
    )
    assert {row.task.rsplit(".", 1)[1] for row in waiting} == {
        "issue_notice_papers",
        "issue_party_notice",
        "publish_end",
        "tell_bidders_of_end",
    }


async def test_B10_a_start_before_the_notice_period_blocks(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    late = at(team, team.now + timedelta(days=3))
    assert await red_lines(late, lot) == {"notice_period"}
    with pytest.raises(ChecklistRefused, match="B-10"):
        await publish_lot(late, lot.id)
    assert lot.state == LotState.NOTIFYING


async def test_B20_publication_waits_three_days_after_the_last_receipt(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    assert "notified" in await red_lines(later(team, days=-3), lot)
    assert "notified" not in await red_lines(later(team, days=-2), lot)


async def test_B20_an_unreachable_debtor_is_posted_and_deemed_notified_after_five_days(work: Work) -> None:
    team, _, lot = await ready_lot(work, debtor_reachable=False)
    assert "notified" in await red_lines(later(team, days=-1), lot)
    assert "notified" not in await red_lines(team, lot)


async def test_A02_a_seal_that_ends_before_delivery_blocks(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    seal = await seal_in_force(team, made.asset.id)
    assert seal is not None
    seal.expires_on = (team.now + timedelta(days=50)).date()
    assert await red_lines(team, lot) == {"seal"}


async def test_A15_a_survey_older_than_ninety_days_blocks(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    assert "survey" in await red_lines(later(team, days=60), lot)


async def test_A08_A17_unknown_home_and_lease_block(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    made.asset.sole_home, made.asset.lease_status = SoleHome.UNKNOWN, LeaseStatus.DISPUTED
    await team.session.flush()
    assert await red_lines(team, lot) == {"sole_home", "lease"}


async def test_B12_B13_A23_missing_disclosure_blocks(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    full = read_disclosure(lot.disclosure)
    await edit_draft(
        team,
        lot.id,
        disclosure=replaced(
            full,
            warnings=full.warnings[1:],
            no_surplus="",
            taxes=[],
            delivery=None,
            qualification="",
            priority_statement="",
        ),
    )
    assert await red_lines(team, lot) == {
        f"warning.{full.warnings[0]}",
        "no_surplus",
        "taxes",
        "delivery",
        "qualification",
        "publicity.priority",
        "publicity.taxes",
    }


async def test_B03_a_draft_needs_the_panel_and_only_the_panel_sits(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    with pytest.raises(RuleViolation, match="B-03"):
        await draft_lot(team, made.asset.id)
    with pytest.raises(InvalidInput) as refused:
        await decided(team, made, members=["甲", "乙"])
    assert "members" in refused.value.fields
    with pytest.raises(InvalidInput):
        await decided(team, made, members=["甲", "甲", "乙"])
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    with pytest.raises(Conflict):
        await draft_lot(team, made.asset.id)
    assert (lot.round, lot.starting_price_fen) == (Round.FIRST, 700_000 * YUAN)


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"start": 699_999_99}, "starting_price", "V-40"),
        ({"deposit_fen": 34_999_99}, "deposit", "B-30"),
        ({"deposit_fen": 140_000_01}, "deposit", "B-30"),
        ({"increment_fen": 0}, "increment", "V-42"),
        ({"start": -1}, "starting_price", "V-40"),
        ({"minutes": "坏\x00字"}, "minutes", "P-05"),
    ],
)
async def test_the_panel_cannot_decide_beyond_the_law(
    work: Work, changes: dict[str, object], field: str, rule: str
) -> None:
    team, made, _ = await valued_asset(work)
    with pytest.raises(InvalidInput) as refused:
        await decided(team, made, **changes)  # type: ignore[arg-type]
    assert field in refused.value.fields
    assert refused.value.rule == rule


async def test_P03_another_court_can_neither_draft_publish_nor_decide(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    with pytest.raises(NotPermitted):
        await publish_lot(by(team, STRANGER), lot.id)
    with pytest.raises(NotPermitted):
        await edit_draft(by(team, STRANGER), lot.id, summary="x")
    with pytest.raises(NotPermitted):
        await notify_parties(by(team, STRANGER), lot.id)
    with pytest.raises(NotPermitted):
        await publish_lot(by(team, PANEL), lot.id)
    with pytest.raises(NotPermitted):
        await draft_lot(by(team, PANEL), made.asset.id)
    with pytest.raises(NotPermitted):
        await record_panel_decision(
            team,
            made.asset.id,
            starting_price_fen=1,
            increment_fen=1,
            deposit_fen=1,
            members=[],
            minutes="",
            decided_on=team.now.date(),
        )


async def test_B51_a_lot_is_withdrawn_only_before_its_start(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    assert lot.starts_at is not None
    with pytest.raises(RuleViolation, match="B-51"):
        await withdraw_lot(at(team, lot.starts_at), lot.id, ground="paid", reason="已清偿")
    with pytest.raises(RuleViolation, match="B-51"):
        await withdraw_lot(team, lot.id, ground="nonsense", reason="x")
    with pytest.raises(InvalidInput):
        await withdraw_lot(team, lot.id, ground="paid", reason="  ")
    await withdraw_lot(team, lot.id, ground="facts_changed", reason="面积更正")
    bidding = await team.session.get(LotBidding, lot.id)
    assert bidding is not None
    assert (lot.state, bidding.phase) == (LotState.WITHDRAWN, "closed")
    assert made.asset.state == AssetState.READY_TO_LIST
    await decided(team, made)
    again = await draft_lot(later(team, seconds=1), made.asset.id)
    assert (again.round, again.attempt) == (Round.FIRST, 1)


async def test_B16_small_changes_make_a_further_version_with_its_reason(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    with pytest.raises(InvalidInput):
        await change_notice(team, lot.id, reason="", viewing=Viewing(text="改期"))
    with pytest.raises(InvalidInput):
        await change_notice(team, lot.id, reason="没有变化")
    await change_notice(team, lot.id, reason="看样时间调整", viewing=Viewing(text="周三上午看样"))
    first, second = await notice_versions(team, lot.id)
    assert (first.version, second.version, second.reason) == (1, 2, "看样时间调整")
    assert first.content_hash != second.content_hash
    with pytest.raises(RuleViolation, match="B-16"):
        await edit_draft(team, lot.id, summary="x")


async def fail(work: Work, lot: Lot) -> Work:
    """Let the lot fail as the closing worker would; returns the moment after."""
    assert lot.scheduled_end_at is not None
    lot.state, lot.ended_at = LotState.FAILED, lot.scheduled_end_at
    bidding = await work.session.get(LotBidding, lot.id)
    assert bidding is not None
    bidding.phase = "closed"
    await work.session.flush()
    return at(work, lot.scheduled_end_at + timedelta(minutes=1))


async def test_B26_after_two_failures_the_sell_off_is_prepared_at_the_second_price(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    team = await fail(team, lot)
    assert await unprepared_failures(team) == [lot.id]
    second = await prepare_next_round(team, lot.id)
    assert second is not None
    assert await prepare_next_round(team, lot.id) is None
    assert await unprepared_failures(team) == []
    assert (second.round, second.state, second.starting_price_fen) == (
        Round.SECOND,
        LotState.DRAFT,
        560_000 * YUAN,
    )
    assert "panel" in await red_lines(team, second)
    with pytest.raises(InvalidInput) as refused:
        await decided(team, made, start=559_999 * YUAN)
    assert refused.value.rule == "V-41"
    await decided(team, made, start=600_000 * YUAN)
    assert second.starting_price_fen == 600_000 * YUAN
    team = await made_ready(team, second, notice_days=16)
    assert await red_lines(team, second) == set()
    await publish_lot(team, second.id)
    team = await fail(team, second)
    sale = await prepare_next_round(team, second.id)
    assert sale is not None
    assert (sale.round, sale.starting_price_fen) == (Round.SELL_OFF, 600_000 * YUAN)
    assert sale.starts_at is not None
    assert sale.scheduled_end_at == sale.starts_at + timedelta(days=60)
    with pytest.raises(InvalidInput) as refused:
        await decided(team, made, start=590_000 * YUAN)
    assert refused.value.rule == "X-04"


async def test_B35_the_notice_of_the_repetition_ends_the_clock_of_the_default(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    team = await fail(team, lot)
    lot.state = LotState.DEFAULTED
    await team.session.flush()
    again = await prepare_next_round(team, lot.id)
    assert again is not None
    waiting = (await team.session.exec(select(Deadline).where(Deadline.rule == "B-35"))).one()
    assert waiting.state == DeadlineState.RUNNING
    await decided(team, made)
    team = await made_ready(team, again, notice_days=16)
    await publish_lot(team, again.id)
    assert (waiting.state, waiting.done_event) == (DeadlineState.MET, "lot.published")


async def test_X03_the_sell_off_period_is_sixty_days(work: Work) -> None:
    # L-24: as rulebook §12.1 has it.
    team, _, lot = await ready_lot(work)
    lot.round = Round.SELL_OFF
    assert lot.starts_at is not None
    with pytest.raises(InvalidInput) as refused:
        await edit_draft(team, lot.id, starts_at=lot.starts_at, ends_at=lot.starts_at + timedelta(days=59))
    assert refused.value.rule == "X-03"


async def test_L14_less_than_24_hours_of_bidding_are_refused(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    assert lot.starts_at is not None
    with pytest.raises(InvalidInput) as refused:
        await edit_draft(
            team, lot.id, starts_at=lot.starts_at, ends_at=lot.starts_at + timedelta(hours=23, minutes=59)
        )
    assert refused.value.rule == "L-14"


async def test_B20_receipts_need_proof_and_a_possible_time(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    with pytest.raises(RuleViolation, match="B-20"):
        await notify_parties(team, lot.id)
    start = team.now + timedelta(days=60)
    await edit_draft(team, lot.id, starts_at=start, ends_at=start + timedelta(days=1))
    with pytest.raises(InvalidInput):
        await notify_parties(team, lot.id, way="pigeon")
    first, second = await notify_parties(team, lot.id)
    with pytest.raises(InvalidInput):
        await record_notification(team, first.id, received_at=team.now + timedelta(minutes=1), proof="x")
    with pytest.raises(InvalidInput):
        await record_notification(team, first.id, received_at=team.now - timedelta(days=1), proof="x")
    with pytest.raises(InvalidInput):
        await record_notification(team, first.id, received_at=team.now, proof="")
    await record_notification(team, first.id, received_at=team.now, proof="回证")
    with pytest.raises(Conflict):
        await record_notification(team, first.id, received_at=team.now, proof="回证")
    with pytest.raises(InvalidInput):
        await record_waiver(team, second.id, proof="")
    await record_waiver(team, second.id, proof="放弃书")
    with pytest.raises(Conflict):
        await post_publicly(team, second.id)


async def test_a_vehicle_needs_the_shorter_notice(work: Work) -> None:
    team, made, _ = await valued_asset(work, kind=AssetKind.VEHICLE)
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    team = await made_ready(team, lot, notice_days=16)
    assert lot.is_movable
    assert await red_lines(team, lot) == set()


def test_the_team_and_panel_are_of_one_court() -> None:
    assert TEAM.court_code == PANEL.court_code

"""B-16: a material change withdraws the lot and begins the notice anew; a small one is a supplement that says what it changes."""

from datetime import timedelta

import pytest

from auction.listing.change_notice import change_notice, tell_of_supplement
from auction.listing.changes import MATERIAL_LABELS, changes_between
from auction.listing.checklist_facts import checklist_of
from auction.listing.disclosure import Viewing, read_disclosure
from auction.listing.draft_lot import edit_draft
from auction.listing.models import Lot, LotState
from auction.listing.notify import notify_parties, record_notification
from auction.listing.papers import issue_notice_papers, paper_data
from auction.listing.publish_lot import publish_lot
from auction.listing.queries import notice_versions
from auction.withdrawal.relist import replace_notice
from core.database import Work
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.notices import notices_of
from tests.auction.listing.workshop import PANEL, STRANGER, TEAM, at, by, decided, later, ready_lot
from tests.auction.registration.desk import Town


async def red(work: Work, lot: Lot) -> set[str]:
    """Ids of the red lines now."""
    return {line.id for line in await checklist_of(work, lot) if not line.ok}


async def test_B16_a_material_change_begins_the_whole_notice_period_again(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    made.asset.area_m2 = 88  # type: ignore[assignment]
    await team.session.flush()
    after = later(team, days=20)
    draft = await replace_notice(after, lot.id, changed=["area"], reason="登记面积更正为 88 平方米。")
    assert (lot.state, lot.ended_reason) == (LotState.WITHDRAWN, "facts_changed")
    assert (draft.round, draft.attempt, draft.rerun) == (lot.round, 1, 0)
    disclosure = read_disclosure(draft.disclosure)
    assert disclosure.replaces is not None
    assert (disclosure.replaces.lot_no, disclosure.replaces.changed) == (lot.lot_no, ["area"])
    assert "88" in disclosure.special["registered_area"].text, "facts as they are now"
    assert disclosure.no_surplus == "surplus", "what was answered is taken over"
    assert await red(after, draft) >= {"panel", "notified", "notice_period", "publicity.time_price_rules"}

    await decided(after, made)
    assert lot.starts_at is not None
    soon = after.now + timedelta(days=25)
    await edit_draft(after, draft.id, starts_at=soon, ends_at=soon + timedelta(days=1))
    for note in await notify_parties(after, draft.id):
        await record_notification(after, note.id, received_at=after.now, proof="回证")
    ready = later(after, days=4)
    assert await red(ready, draft) == {"notice_period"}, "the days that the old notice ran do not count"
    late = ready.now + timedelta(days=32)
    await edit_draft(ready, draft.id, starts_at=late, ends_at=late + timedelta(days=1))
    assert await red(ready, draft) == set()
    await publish_lot(ready, draft.id)
    (version,) = await notice_versions(ready, draft.id)
    assert version.version == 1
    words = paper_data(version, is_demo=False)["disclosure"]["replaces"]["changed_words"]
    assert words == MATERIAL_LABELS["area"]
    await issue_notice_papers(ready, lot_id=draft.id, version=1)


async def test_B16_who_may_replace_a_notice_which_and_when(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    with pytest.raises(RuleViolation, match="B-16"):
        await replace_notice(team, lot.id, changed=["area"], reason="草稿")
    await publish_lot(team, lot.id)
    for wrong in ([], ["nonsense"]):
        with pytest.raises(InvalidInput):
            await replace_notice(team, lot.id, changed=wrong, reason="x")
    for actor in (PANEL, STRANGER):
        with pytest.raises(NotPermitted):
            await replace_notice(by(team, actor), lot.id, changed=["area"], reason="x")
    assert lot.starts_at is not None
    with pytest.raises(RuleViolation, match="B-51"):
        await replace_notice(at(team, lot.starts_at), lot.id, changed=["area"], reason="x")


async def test_B16_a_supplement_says_what_it_changes_and_entrants_are_told(place: Town) -> None:
    bidder, stranger = await place.bidder(), await place.bidder()
    await place.enter(bidder)
    await change_notice(
        place.by(TEAM),
        place.lot.id,
        reason="看样改期",
        viewing=Viewing(text="周三上午", contact="某书记员", phone="1"),
    )
    first, second = await notice_versions(place.work, place.lot.id)
    assert "changes" not in first.content
    changed = {each["label"]: each["after"] for each in second.content["changes"]}
    assert changed == {"看样时间": "周三上午", "看样联系人": "某书记员", "看样电话": "1"}
    await issue_notice_papers(place.work, lot_id=place.lot.id, version=2)
    await tell_of_supplement(place.work, lot_id=place.lot.id, version=2, reason="看样改期")
    for person, told in ((bidder, True), (stranger, False)):
        assert person.actor.account_id is not None
        titles = [str(each.title) for each in await notices_of(place.work, person.actor.account_id)]
        assert ("公告有补充" in titles) == told


def test_B16_nothing_changed_is_no_change() -> None:
    content = {"summary": "x", "disclosure": {"viewing": {"text": "周三"}, "contact": "法院"}}
    assert changes_between(content, content) == []
    (one,) = changes_between(content, {**content, "summary": "y"})
    assert (one.label, one.before, one.after) == ("标的说明", "x", "y")
    assert len(changes_between({}, content)) == 3
